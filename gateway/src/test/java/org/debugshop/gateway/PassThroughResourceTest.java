package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Upstreams.class)
class PassThroughResourceTest {

    @BeforeEach
    void upstreamsAreWell() {
        Upstreams.areWell();
    }

    @Test
    void shouldReturnTheUpstreamsAnswer() {
        answersAs(Upstreams.currency, "/convert?from=USD&to=EUR&amount=10", "{\"rate\":0.850,\"amount\":10.00}");
        answersAs(Upstreams.currency, "/rates?base=EUR", "{\"rates\":{}}");
        answersAs(Upstreams.ads, "/ads?product_ids=1%2C2&category=Audio", "[]");
        answersAs(Upstreams.ads, "/ad/ad1", "{\"id\":\"ad1\"}");
        answersAs(Upstreams.checkout, "/order/some-id", "{\"order_id\":\"some-id\",\"total\":1.50}");
    }

    @Test
    void shouldPassOnRefusalsWithTheirBody() {
        Upstreams.answers(Upstreams.currency, Upstreams.error(400, "Invalid amount provided"));
        given().get("/convert?amount=NaN").then().statusCode(400).contentType("application/json").body("error",
                equalTo("Invalid amount provided"));
        Upstreams.answers(Upstreams.ads, Upstreams.error(404, "Ad not found"));
        given().get("/ad/none").then().statusCode(404).body("error", equalTo("Ad not found"));
        Upstreams.answers(Upstreams.checkout, Upstreams.error(503, "Later").withHeader("Retry-After", "2"));
        given().get("/order/1").then().statusCode(503).header("Retry-After", "2").body("error", equalTo("Later"));
    }

    @Test
    void shouldPassOnACheckout() {
        Upstreams.answers(Upstreams.checkout,
                okJson("{\"order_id\":\"o\",\"total\":1189.98,\"currency\":\"EUR\",\"status\":\"PROCESSED\"}"));
        given().contentType("application/json").body("{\"user_id\":\"u\",\"items\":[1.50]}").post("/checkout")
                .then().statusCode(200).body("status", equalTo("PROCESSED"));
        Upstreams.checkout
                .verify(postRequestedFor(urlEqualTo("/process")).withRequestBody(equalToJson("{\"user_id\":\"u\",\"items\":[1.50]}")));
    }

    @Test
    void shouldRemoveReservationsThatTheCallerSendsIfThereIsNoInventory() {
        Upstreams.answers(Upstreams.checkout, okJson("{}"));
        for (var items : List.of("[1.5]", "[{\"product_id\":1,\"quantity\":1}]")) {
            given().contentType("application/json").body("{\"reservations\":[\"RES-1\"],\"items\":" + items + "}").post("/checkout")
                    .then().statusCode(200);
            Upstreams.checkout.verify(postRequestedFor(urlEqualTo("/process")).withRequestBody(equalToJson("{\"items\":" + items + "}")));
        }
    }

    @Test
    void shouldPassOnCheckoutsValidationError() {
        Upstreams.answers(Upstreams.checkout, Upstreams.error(400, "No checkout data provided"));
        given().contentType("application/json").post("/checkout").then().statusCode(400).body("error",
                equalTo("No checkout data provided"));
        given().contentType("application/json").body("{").post("/checkout").then().statusCode(400);
    }

    @Test
    void shouldRefuseACheckoutThatIsNotJsonOrTooLarge() {
        given().contentType("text/plain").body("{}").post("/checkout").then().statusCode(415).body("error",
                equalTo("The body must be application/json"));
        given().contentType("application/json").body("a".repeat(256 * 1024 + 1)).post("/checkout").then().statusCode(413).body("error",
                equalTo("The body is larger than 256 KiB"));
        given().get("/checkout").then().statusCode(405).body("error", equalTo("This method is not allowed here"));
    }

    @Test
    void shouldNotRepeatACheckoutThatFailed() {
        Upstreams.answers(Upstreams.checkout, aResponse().withStatus(500));
        given().contentType("application/json").body("{}").post("/checkout").then().statusCode(502).body("error",
                equalTo("checkout failed with status 500"));
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process")));
        Upstreams.answers(Upstreams.checkout, aResponse().withFixedDelay(60_000));
        given().contentType("application/json").body("{}").post("/checkout").then().statusCode(504).body("error",
                equalTo("checkout did not answer in time"));
    }

    @Test
    void shouldServeTheUpstreamsImages() {
        Upstreams.answers(Upstreams.catalog, aResponse().withHeader("Content-Type", "image/svg+xml")
                .withHeader("Cache-Control", "public, max-age=3600").withBody("<svg/>"));
        given().get("/images/products/1.svg").then().statusCode(200).contentType(startsWith("image/svg+xml")).header("Cache-Control",
                "public, max-age=3600");
        Upstreams.answers(Upstreams.ads, Upstreams.error(404, "There is no such picture"));
        given().get("/images/ads/none.svg").then().statusCode(404).body("error", equalTo("There is no such picture"));
    }

    private static void answersAs(WireMockServer below, String path, String body) {
        Upstreams.answers(below, okJson(body));
        given().urlEncodingEnabled(false).get(path).then().statusCode(200).contentType("application/json").body(equalTo(body));
        below.verify(getRequestedFor(urlEqualTo(path)));
    }
}
