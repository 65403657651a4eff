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

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import java.util.stream.Stream;

/** Stand-ins for the gateway's upstream services. */
public class Upstreams implements QuarkusTestResourceLifecycleManager {

    static final String PHONE = "{\"id\":1,\"name\":\"Phone\",\"description\":\"Rings\",\"price\":699.99,\"currency\":\"USD\",\"image_url\":\"/images/products/1.svg\",\"categories\":[\"Electronics\"]}";
    static final String AD = "{\"id\":\"ad1\",\"text\":\"Buy\",\"product_id\":1}";

    static final WireMockServer catalog = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    static final WireMockServer currency = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    static final WireMockServer ads = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    static final WireMockServer checkout = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    static final WireMockServer inventory = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

    @Override
    public Map<String, String> start() {
        Stream.of(catalog, currency, ads, checkout, inventory).forEach(WireMockServer::start);
        return Map.of(
                "quarkus.rest-client.product-catalog.url", catalog.baseUrl(),
                "quarkus.rest-client.currency.url", currency.baseUrl(),
                "quarkus.rest-client.ad-service.url", ads.baseUrl(),
                "quarkus.rest-client.checkout.url", checkout.baseUrl(),
                "quarkus.rest-client.inventory.url", inventory.baseUrl(),
                "shop.inventory.url", "", // none, unless a test sets one
                "shop.upstream.timeout", "6s");
    }

    @Override
    public void stop() {
        Stream.of(catalog, currency, ads, checkout, inventory).forEach(WireMockServer::stop);
    }

    static void areWell() {
        Stream.of(catalog, currency, ads, checkout, inventory).forEach(WireMockServer::resetAll);
        catalog.stubFor(get(urlPathEqualTo("/products")).willReturn(okJson("[" + PHONE + "]")));
        catalog.stubFor(get(urlPathEqualTo("/products")).withQueryParam("category", equalTo("None")).willReturn(okJson("[]")));
        catalog.stubFor(get(urlEqualTo("/product/1")).willReturn(okJson(PHONE)));
        catalog.stubFor(get(urlEqualTo("/product/99")).willReturn(error(404, "Product not found")));
        currency.stubFor(get(urlPathEqualTo("/convert")).willReturn(error(400, "Currency XXX not supported")));
        currency.stubFor(get(urlEqualTo("/convert?from=USD&to=EUR")).willReturn(okJson("{\"from\":\"USD\",\"to\":\"EUR\",\"rate\":0.85}")));
        ads.stubFor(get(urlPathEqualTo("/ads")).willReturn(okJson("[" + AD + "]")));
    }

    static void answers(WireMockServer service, ResponseDefinitionBuilder answer) {
        service.stubFor(any(anyUrl()).willReturn(answer));
    }

    static ResponseDefinitionBuilder error(int status, String sentence) {
        return aResponse().withStatus(status).withHeader("Content-Type", "application/json").withBody("{\"error\":\"" + sentence + "\"}");
    }
}
