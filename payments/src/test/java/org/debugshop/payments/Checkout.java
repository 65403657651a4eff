package org.debugshop.payments;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import java.util.UUID;

/** A stand-in for checkout. */
public class Checkout implements QuarkusTestResourceLifecycleManager {

    static WireMockServer server;

    @Override
    public Map<String, String> start() {
        server = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
        server.start();
        return Map.of("quarkus.rest-client.checkout.url", server.baseUrl(), "shop.upstream.timeout", "6s");
    }

    @Override
    public void stop() {
        server.stop();
    }

    /** There are no orders. */
    static void isEmpty() {
        server.resetAll();
        server.stubFor(
                get(urlPathMatching("/order/.*")).willReturn(aResponse().withStatus(404).withHeader("Content-Type", "application/json")
                        .withBody("{\"error\":\"Order not found\"}")));
    }

    /** An order of user-1, and returns its id. */
    static String has(String total) {
        var id = UUID.randomUUID().toString();
        marks(id, total, "unpaid");
        return id;
    }

    static void marks(String id, String total, String status) {
        server.stubFor(get(urlEqualTo("/order/" + id)).willReturn(
                okJson("""
                        {"order_id":"%s","user_id":"user-1","user_currency":"EUR","products":[],"total":%s,"status":"PROCESSED","payment_status":"%s"}"""
                        .formatted(id, total, status))));
    }
}
