package org.debugshop.testkit;

import java.math.BigDecimal;

/** Pays for orders at payments itself, as the gateway does for users who are logged in. */
public record Payments(Shop shop) {

    public Http.Answer pay(String user, String key, String order, BigDecimal amount) {
        return Http.post(shop.url(Service.PAYMENTS) + "/payments", "{\"order_id\":\"%s\",\"amount\":%s}".formatted(order, amount),
                "X-User-Id", user, "Idempotency-Key", key);
    }

    public static String idIn(Http.Answer answer) {
        return Json.tree(answer.body()).path("id").asText();
    }
}
