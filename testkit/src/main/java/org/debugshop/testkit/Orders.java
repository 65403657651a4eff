package org.debugshop.testkit;

import static org.debugshop.testkit.Service.CHECKOUT;
import static org.debugshop.testkit.Service.GATEWAY;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Places orders through the gateway, and reads orders and stock. */
public record Orders(Shop shop) {

    /** @param quantities pieces by product id */
    public static String body(String user, Map<Integer, Integer> quantities) {
        var items = quantities.entrySet().stream()
                .map(item -> "{\"product_id\":%d,\"quantity\":%d}".formatted(item.getKey(), item.getValue()))
                .collect(Collectors.joining(","));
        return """
                {"user_id":"%s","user_currency":"EUR","address":{},"email":"a@example.com","items":[%s]}""".formatted(user, items);
    }

    public Http.Answer place(String key, String body) {
        return Http.post(shop.url(GATEWAY) + "/checkout", body, "Idempotency-Key", key);
    }

    /** Returns the id of the order that checkout stored for this key. Empty if there is none; this call does not create one. */
    public Optional<String> ofKey(String key, String body) {
        var answer = Http.post(shop.url(CHECKOUT) + "/process?replay=only", body, "Idempotency-Key", key);
        return switch (answer.status()) {
            case 200 -> Optional.of(idIn(answer));
            case 404 -> Optional.empty();
            default -> throw new AssertionError(answer);
        };
    }

    public static String idIn(Http.Answer confirmation) {
        return Json.tree(confirmation.body()).path("order_id").asText();
    }

    /** Returns an order, which must exist. */
    public JsonNode get(String id) {
        return Json.tree(Http.text(shop.url(GATEWAY) + "/order/" + id));
    }

    /** Returns all orders of a user, newest first. It reads page by page. */
    public List<JsonNode> of(String user) {
        var orders = new ArrayList<JsonNode>();
        var cursor = "";
        do {
            var page = Json.tree(Http.text(shop.url(GATEWAY) + "/orders?limit=100&user_id=" + user + cursor));
            page.path("orders").forEach(orders::add);
            cursor = page.path("cursor").isTextual() ? "&cursor=" + page.path("cursor").asText() : "";
        } while (!cursor.isEmpty());
        return orders;
    }

    /** Returns {@code quantity}, {@code reserved} and {@code available} of a product. */
    public JsonNode stock(int product) {
        return Json.tree(Http.text(shop.url(Service.INVENTORY) + "/inventory/" + product));
    }

    /** Returns the number of events that wait: in the outbox, or in the topic for a consumer. */
    public double waiting() {
        var checkout = Metrics.of(shop.url(CHECKOUT));
        return checkout.sum("shop_outbox_size") + checkout.sum("shop_consumer_lag")
                + Metrics.of(shop.url(Service.PAYMENTS)).sum("shop_outbox_size")
                + Metrics.of(shop.url(Service.INVENTORY)).sum("shop_consumer_lag");
    }
}
