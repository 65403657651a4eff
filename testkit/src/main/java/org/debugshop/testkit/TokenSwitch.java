package org.debugshop.testkit;

import static org.assertj.core.api.Assertions.assertThat;

/** The switch that breaks bookings. */
public record TokenSwitch(Shop shop) {

    public void off() {
        set(false);
    }

    public void on() {
        set(true);
    }

    public boolean isOn() {
        return Json.tree(Http.text(url())).path("enabled").booleanValue();
    }

    private void set(boolean enabled) {
        var answer = Http.post(url(), "{\"enabled\":" + enabled + "}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(Json.tree(answer.body()).path("enabled").booleanValue()).isEqualTo(enabled);
    }

    private String url() {
        return shop.url(Service.INSTABOOK_CACHE) + "/admin/token";
    }
}
