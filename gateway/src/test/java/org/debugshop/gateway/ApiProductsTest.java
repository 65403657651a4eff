package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThan;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Upstreams.class)
class ApiProductsTest {

    @BeforeEach
    void upstreamsAreWell() {
        Upstreams.areWell();
    }

    @Test
    void shouldListAllProductsWithoutAdsAndStock() {
        given().get("/api/v1/products").then().statusCode(200).contentType("application/json").body("size()", equalTo(1))
                .body("products", hasSize(1)).body("products[0].size()", equalTo(7)).body("products[0].id", equalTo(1))
                .body("products[0].image_url", equalTo("/images/products/1.svg"))
                .body(containsString("\"price\":699.99,\"currency\":\"USD\""));
        Upstreams.catalog.verify(1, getRequestedFor(urlEqualTo("/products")));
        Upstreams.ads.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldReturnAProduct() {
        given().get("/api/v1/products/1").then().statusCode(200).contentType("application/json").body("size()", equalTo(7))
                .body("name", equalTo("Phone")).body(containsString("\"price\":699.99,\"currency\":\"USD\""));
        given().get("/api/v1/products/99").then().statusCode(404).body("error", equalTo("Product not found"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "01", "1.5", "one", "2147483648"})
    void shouldRefuseAnInvalidProductId(String id) {
        given().get("/api/v1/products/" + id).then().statusCode(400).body("error", equalTo("Invalid product ID"));
        Upstreams.catalog.verify(0, anyRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @CsvSource({"category, category_part", "search, search"})
    void shouldPassOnTheTextOfASearchUnchanged(String route, String parameter) {
        var texts = new String[][]{{"phone", "phone"}, {"Model%20X", "Model X"}, {"a+b", "a+b"}, {"100%2541", "100%41"},
                {"%C3%84%F0%9F%98%80", "Ä😀"},
                {"a%26b=c%23d%3F", "a&b=c#d?"}, {"a%2Fb", "a/b"}, {"%7Bid%7D", "{id}"}, {"%20", " "}, {"%22%5C", "\"\\"}};
        for (var text : texts) {
            given().urlEncodingEnabled(false).get("/api/v1/products/" + route + "/" + text[0]).then().statusCode(200)
                    .body("products", hasSize(1));
            Upstreams.catalog.verify(1, getRequestedFor(urlPathEqualTo("/products"))
                    .withQueryParam(parameter, WireMock.equalTo(text[1])));
            Upstreams.catalog.resetRequests();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"category", "search"})
    void shouldRefuseATextThatIsNotOf1To100Characters(String route) {
        for (var text : new String[]{"", "a".repeat(101), "😀".repeat(101)}) {
            given().get("/api/v1/products/" + route + "/" + text).then().statusCode(400)
                    .body("error", equalTo("The text must have 1 to 100 characters"));
        }
        given().get("/api/v1/products/" + route).then().statusCode(400).body("error", equalTo("The text must have 1 to 100 characters"));
        Upstreams.catalog.verify(0, anyRequestedFor(anyUrl()));
        given().get("/api/v1/products/" + route + "/" + "😀".repeat(100)).then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%ff", "%00", "%ED%A0%80"})
    void shouldNotFailBecauseOfABadEncoding(String text) {
        given().urlEncodingEnabled(false).get("/api/v1/products/search/" + text).then().statusCode(lessThan(500));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/search/phone", "/category/phones"})
    void shouldConvertPricesAndRefuseAnUnknownCurrency(String path) {
        given().get("/api/v1/products" + path + "?currency=EUR").then().statusCode(200)
                .body(containsString("\"price\":594.99,\"currency\":\"EUR\""));
        given().get("/api/v1/products" + path + "?currency=XXX").then().statusCode(400).body("error",
                equalTo("Currency XXX not supported"));
    }

    @Test
    void shouldCountSearchesByTheirTemplate() {
        given().get("/api/v1/products/search/phone").then().statusCode(200);
        given().get("/metrics").then().body(containsString("uri=\"/api/v1/products/search/{text}\""));
    }

    @Test
    void shouldConvertThePriceOfAProduct() {
        given().get("/api/v1/products/1?currency=EUR").then().statusCode(200)
                .body(containsString("\"price\":594.99,\"currency\":\"EUR\""));
        given().get("/api/v1/products/1?currency=XXX").then().statusCode(400).body("error", equalTo("Currency XXX not supported"));
    }

    @Test
    void shouldReturnAnEmptyListIfNothingMatches() {
        Upstreams.answers(Upstreams.catalog, okJson("[]"));
        given().get("/api/v1/products/search/nothing").then().statusCode(200).body("products", hasSize(0));
    }

    @Test
    void shouldNameTheServiceThatFails() {
        Upstreams.answers(Upstreams.catalog, aResponse().withStatus(500));
        given().get("/api/v1/products").then().statusCode(502).body("error", equalTo("product-catalog failed with status 500"));
        given().get("/api/v1/products/search/x").then().statusCode(502).body("error", equalTo("product-catalog failed with status 500"));
    }
}
