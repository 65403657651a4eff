package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import com.github.tomakehurst.wiremock.http.Fault;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Upstreams.class)
class ShopResourceTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    @BeforeEach
    void upstreamsAreWell() {
        Upstreams.areWell();
    }

    /** Waits until the circuit is closed, because a test that fails the ad-service may have opened it. */
    @AfterEach
    void circuitIsClosed() {
        Upstreams.areWell();
        await().untilAsserted(() -> given().get("/product/1").then().body("related_ads", hasSize(1)));
    }

    @Test
    void shouldReturnItsStatus() {
        given().get("/").then().statusCode(200).body("status", equalTo("success")).body("message", equalTo("Gateway Service is running"));
    }

    @Test
    void shouldListProductsWithAdsAndAnEmptyInventory() {
        given().get("/products").then().statusCode(200)
                .body("products", hasSize(1)).body("products[0].name", equalTo("Phone"))
                .body("products[0].image_url", equalTo("/images/products/1.svg"))
                .body(containsString("\"price\":699.99")).body("products[0].currency", equalTo("USD"))
                .body("ads[0].id", equalTo("ad1")).body("inventory", hasSize(0));
        Upstreams.ads.verify(getRequestedFor(urlEqualTo("/ads?product_ids=1")));
        Upstreams.currency.verify(0, getRequestedFor(anyUrl()));
    }

    @Test
    void shouldRequestAdsOnlyForTheFirstThreeProducts() {
        Upstreams.answers(Upstreams.catalog, okJson("[" + String.join(",", Upstreams.PHONE, Upstreams.PHONE.replace("\"id\":1", "\"id\":2"),
                Upstreams.PHONE.replace("\"id\":1", "\"id\":3"), Upstreams.PHONE.replace("\"id\":1", "\"id\":4")) + "]"));
        given().get("/products").then().statusCode(200).body("products", hasSize(4));
        Upstreams.ads.verify(getRequestedFor(urlEqualTo("/ads?product_ids=1%2C2%2C3")));
    }

    @Test
    void shouldConvertPricesToTheRequestedCurrency() {
        given().get("/products?category=Electronics&currency=EUR").then().statusCode(200)
                .body("products[0].currency", equalTo("EUR")).body(containsString("\"price\":594.99"));
        Upstreams.catalog.verify(getRequestedFor(urlEqualTo("/products?category=Electronics")));
        given().get("/product/1?currency=EUR").then().statusCode(200)
                .body("product.currency", equalTo("EUR")).body(containsString("\"price\":594.99")).body("related_ads", hasSize(1))
                .body("inventory", nullValue());
    }

    @Test
    void shouldReturnAnEmptyListForAnUnknownCategory() {
        given().get("/products?category=None").then().statusCode(200).body("products", hasSize(0)).body("ads", hasSize(0));
    }

    @Test
    void shouldRefuseAnUnknownCurrency() {
        given().get("/products?currency=XXX").then().statusCode(400).body("error", equalTo("Currency XXX not supported"));
        given().get("/product/1?currency=XXX").then().statusCode(400).body("error", equalTo("Currency XXX not supported"));
    }

    @Test
    void shouldReturn404ForAnUnknownProduct() {
        given().get("/product/99").then().statusCode(404).body("error", equalTo("Product not found"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "+1", "01", "1.0", "1e0", "one", "2147483648", "99999999999999999999", "١", "%20", "1%20", "NaN"})
    void shouldRefuseAnInvalidProductId(String id) {
        given().urlEncodingEnabled(false).get("/product/" + id.replace("١", "%D9%A1")).then().statusCode(400).body("error",
                equalTo("Invalid product ID"));
        Upstreams.catalog.verify(0, getRequestedFor(anyUrl()));
    }

    @Test
    void shouldShowProductsWithoutAdsIfTheAdServiceFails() {
        Upstreams.answers(Upstreams.ads, aResponse().withStatus(500));
        given().get("/products").then().statusCode(200).body("products", hasSize(1)).body("ads", hasSize(0));
        Upstreams.answers(Upstreams.ads, aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
        given().get("/product/1").then().statusCode(200).body("product.id", equalTo(1)).body("related_ads", hasSize(0));
        Upstreams.answers(Upstreams.ads, aResponse().withFixedDelay(60_000));
        given().get("/product/1").then().statusCode(200).body("related_ads", hasSize(0));
        Upstreams.answers(Upstreams.ads, okJson("{\"not\":\"a list\"}"));
        given().get("/product/1").then().statusCode(200).body("related_ads", hasSize(0));
    }

    @Test
    void shouldStopRequestingAdsWhileTheAdServiceFails() {
        Upstreams.answers(Upstreams.ads, aResponse().withStatus(500));
        for (var i = 0; i < 30; i++) {
            given().get("/product/1").then().statusCode(200);
        }
        var asked = Upstreams.ads.countRequestsMatching(getRequestedFor(anyUrl()).build()).getCount();
        given().get("/product/1").then().statusCode(200).body("related_ads", hasSize(0));
        Upstreams.ads.verify(asked, getRequestedFor(anyUrl()));
    }

    @Test
    void shouldNameTheServiceThatIsDownOrTooSlow() {
        Upstreams.answers(Upstreams.catalog, aResponse().withStatus(500));
        given().get("/products").then().statusCode(502).body("error", equalTo("product-catalog failed with status 500"));
        Upstreams.answers(Upstreams.catalog, aResponse().withFault(Fault.EMPTY_RESPONSE));
        given().get("/product/1").then().statusCode(502).body("error", equalTo("product-catalog is unreachable"));
        Upstreams.answers(Upstreams.currency, aResponse().withFixedDelay(60_000));
        Upstreams.catalog.resetAll();
        Upstreams.answers(Upstreams.catalog, okJson(Upstreams.PHONE));
        given().get("/product/1?currency=EUR").then().statusCode(504).body("error", equalTo("currency did not answer in time"));
        Upstreams.answers(Upstreams.catalog, okJson("{\"id\":1,\"name\":\"No price\"}"));
        given().get("/product/1").then().statusCode(502).body("error", equalTo("product-catalog gave an answer that cannot be read"));
    }

    @Test
    void shouldReturnTheTraceOfAnAnswer() {
        var header = matchesPattern("traceparent;desc=\"00-" + TRACE + "-[0-9a-f]{16}-01\"");
        given().header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01").get("/product/1").then().statusCode(200)
                .header("Server-Timing", header);
        given().header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01").get("/nowhere").then().statusCode(404).header("Server-Timing",
                header);
    }

    @Test
    void shouldKeepOneTraceAcrossItsCalls() {
        given().header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01").get("/product/1?currency=EUR").then().statusCode(200);
        for (var service : List.of(Upstreams.catalog, Upstreams.currency, Upstreams.ads)) {
            service.verify(1, getRequestedFor(anyUrl()).withHeader("traceparent", matching("00-" + TRACE + "-(?!b7ad6b7169203331).*")));
        }
    }
}
