package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static java.util.Map.entry;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.List;
import java.util.Map;

/** Stand-ins for the gateway's upstream services. */
public class Upstreams implements QuarkusTestResourceLifecycleManager {

    static final String PHONE = "{\"id\":1,\"name\":\"Phone\",\"description\":\"Rings\",\"price\":699.99,\"currency\":\"USD\",\"image_url\":\"/images/products/1.svg\",\"categories\":[\"Electronics\"]}";
    static final String AD = "{\"id\":\"ad1\",\"text\":\"Buy\",\"product_id\":1}";

    static final WireMockServer catalog = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    static final WireMockServer currency = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    static final WireMockServer ads = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    static final WireMockServer checkout = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    static final WireMockServer inventory = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    static final WireMockServer accounts = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    static final WireMockServer payments = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    static final WireMockServer edgeAuth = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

    private static final List<WireMockServer> ALL = List.of(catalog, currency, ads, checkout, inventory, accounts, payments, edgeAuth);

    @Override
    public Map<String, String> start() {
        ALL.forEach(WireMockServer::start);
        return Map.ofEntries(
                entry("quarkus.rest-client.product-catalog.url", catalog.baseUrl()),
                entry("quarkus.rest-client.currency.url", currency.baseUrl()),
                entry("quarkus.rest-client.ad-service.url", ads.baseUrl()),
                entry("quarkus.rest-client.checkout.url", checkout.baseUrl()),
                entry("quarkus.rest-client.inventory.url", inventory.baseUrl()),
                entry("shop.inventory.url", ""), // none, unless a test sets one
                entry("quarkus.rest-client.accounts.url", accounts.baseUrl()),
                entry("quarkus.rest-client.payments.url", payments.baseUrl()),
                entry("shop.edge-auth.url", edgeAuth.baseUrl() + "/auth"),
                entry("quarkus.rest-client.edge-auth.url", edgeAuth.baseUrl() + "/auth"),
                entry("shop.upstream.timeout", "6s"));
    }

    @Override
    public void stop() {
        ALL.forEach(WireMockServer::stop);
    }

    static void areWell() {
        ALL.forEach(WireMockServer::resetAll);
        catalog.stubFor(get(urlPathEqualTo("/products")).willReturn(okJson("[" + PHONE + "]")));
        catalog.stubFor(get(urlPathEqualTo("/products")).withQueryParam("category", equalTo("None")).willReturn(okJson("[]")));
        catalog.stubFor(get(urlEqualTo("/product/1")).willReturn(okJson(PHONE)));
        catalog.stubFor(get(urlEqualTo("/product/99")).willReturn(error(404, "Product not found")));
        currency.stubFor(get(urlPathEqualTo("/convert")).willReturn(error(400, "Currency XXX not supported")));
        currency.stubFor(get(urlEqualTo("/convert?from=USD&to=EUR")).willReturn(okJson("{\"from\":\"USD\",\"to\":\"EUR\",\"rate\":0.85}")));
        edgeAuthAdmitsAliceAndBob();
        ads.stubFor(get(urlPathEqualTo("/ads")).willReturn(okJson("[" + AD + "]")));
    }

    /** Admits the users alice and bob, whose tokens are their names. */
    private static void edgeAuthAdmitsAliceAndBob() {
        edgeAuth.stubFor(any(anyUrl()).willReturn(error(401, "Log in first").withHeader("WWW-Authenticate", "Bearer")));
        for (var name : List.of("alice", "bob")) {
            edgeAuth.stubFor(get(urlEqualTo("/auth")).withHeader("Authorization", equalTo("Bearer " + name))
                    .willReturn(aResponse().withHeader("X-User-Id", "id-of-" + name).withHeader("X-User-Name", name)));
        }
    }

    static void answers(WireMockServer service, ResponseDefinitionBuilder answer) {
        service.stubFor(any(anyUrl()).willReturn(answer));
    }

    static ResponseDefinitionBuilder error(int status, String sentence) {
        return aResponse().withStatus(status).withHeader("Content-Type", "application/json").withBody("{\"error\":\"" + sentence + "\"}");
    }
}
