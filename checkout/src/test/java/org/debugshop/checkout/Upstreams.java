package org.debugshop.checkout;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** Stand-ins for the catalog and the currency service. */
public class Upstreams implements QuarkusTestResourceLifecycleManager {

    static WireMockServer catalog;
    static WireMockServer currency;

    @Override
    public Map<String, String> start() {
        catalog = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
        currency = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
        catalog.start();
        currency.start();
        return Map.of(
                "quarkus.rest-client.product-catalog.url", catalog.baseUrl(),
                "quarkus.rest-client.currency.url", currency.baseUrl(),
                "shop.upstream.timeout", "6s");
    }

    @Override
    public void stop() {
        catalog.stop();
        currency.stop();
    }

    /** Products 1 to 5 exist, at the price of the catalog's first product, and dollars convert to euros. */
    static void areWell() {
        catalog.resetAll();
        currency.resetAll();
        catalog.stubFor(get(urlPathMatching("/product/.*")).willReturn(
                aResponse().withStatus(404).withHeader("Content-Type", "application/json").withBody("{\"error\":\"Product not found\"}")));
        for (var id = 1; id <= 5; id++) {
            catalog.stubFor(get(urlEqualTo("/product/" + id)).willReturn(okJson(
                    "{\"id\":%d,\"name\":\"Product %d\",\"price\":699.99,\"currency\":\"USD\",\"categories\":[]}".formatted(id, id))));
        }
        currency.stubFor(get(urlPathEqualTo("/convert")).willReturn(
                aResponse().withStatus(400).withHeader("Content-Type", "application/json")
                        .withBody("{\"error\":\"Currency XXX not supported\"}")));
        currency.stubFor(get(urlEqualTo("/convert?from=USD&to=EUR")).willReturn(okJson("{\"from\":\"USD\",\"to\":\"EUR\",\"rate\":0.85}")));
    }
}
