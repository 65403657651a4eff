package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.matchingJsonPath;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.http.Fault;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock on pages and in orders, when there is an inventory service (docs/orders.md). */
@QuarkusTest
@TestProfile(InventoryTest.WithInventory.class)
class InventoryTest {

    private static final String ORDER = """
            {"user_id":"user-1","user_currency":"EUR","address":{},"email":"a@example.com",
             "items":[{"product_id":2,"quantity":3},{"product_id":1,"quantity":1},{"product_id":2,"quantity":1}]}""";
    private static final String CONFIRMATION = "{\"order_id\":\"1\",\"total\":1.00,\"currency\":\"EUR\",\"status\":\"PROCESSED\"}";

    public static class WithInventory implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(Upstreams.class));
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("shop.inventory.url", "http://localhost");
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }
    }

    @BeforeEach
    void allIsWell() {
        Upstreams.areWell();
        stock(10);
        Upstreams.inventory.stubFor(post(urlEqualTo("/inventory/release")).willReturn(okJson("{\"status\":\"released\"}")));
        reservations(okJson("{\"reservation_id\":\"RES-1\",\"items\":[]}"));
        Upstreams.answers(Upstreams.checkout, okJson(CONFIRMATION));
        // A test before may have opened the circuit.
        await().untilAsserted(() -> given().get("/product/1").then().body("inventory.available", equalTo(10)));
        await().untilAsserted(() -> order("warm-up").statusCode(200));
        given().get("/product/2").then().statusCode(200);
        Upstreams.checkout.resetRequests();
        Upstreams.inventory.resetRequests();
    }

    private static void stock(int available) {
        for (var id : List.of("1", "2")) {
            Upstreams.inventory.stubFor(get(urlEqualTo("/inventory?product_ids=" + id)).willReturn(okJson(
                    "[{\"product_id\":\"%s\",\"quantity\":12,\"reserved\":2,\"available\":%d}]".formatted(id, available))));
        }
        Upstreams.catalog.stubFor(get(urlEqualTo("/product/2")).willReturn(okJson(Upstreams.PHONE.replace("\"id\":1", "\"id\":2"))));
    }

    private static void reservations(ResponseDefinitionBuilder answer) {
        Upstreams.inventory.stubFor(post(urlEqualTo("/inventory/reserve")).willReturn(answer));
    }

    private static void checkoutAnswers(ResponseDefinitionBuilder answer) {
        Upstreams.checkout.stubFor(any(urlPathEqualTo("/process")).willReturn(answer));
    }

    private static ResponseDefinitionBuilder error(int status) {
        return aResponse().withStatus(status).withHeader("Content-Type", "application/json")
                .withBody("{\"error\":\"It says " + status + "\"}");
    }

    private static ValidatableResponse order(String key) {
        var request = given().contentType("application/json").body(ORDER);
        return (key == null ? request : request.header("Idempotency-Key", key)).post("/checkout").then();
    }

    @Test
    void shouldShowTheStockOfProducts() {
        given().get("/products").then().statusCode(200).body("inventory", hasSize(1)).body("inventory[0].product_id", equalTo("1"))
                .body("inventory[0].available", equalTo(10));
        given().get("/product/1").then().statusCode(200).body("inventory.quantity", equalTo(12)).body("inventory.reserved", equalTo(2));
    }

    @Test
    void shouldShowProductsWithoutStockWhileItCannotBeAskedFor() {
        Upstreams.inventory.stubFor(get(urlPathEqualTo("/inventory")).willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));
        given().get("/products").then().statusCode(200).body("products", hasSize(1)).body("ads", hasSize(1)).body("inventory", hasSize(0));
        given().get("/product/1").then().statusCode(200).body("inventory", equalTo(null));
    }

    @Test
    void shouldReserveAllItemsAtOnceWithTheCallersKeyAndNameTheReservation() {
        order("a-key").statusCode(200).body(equalTo(CONFIRMATION));

        Upstreams.inventory.verify(1, postRequestedFor(urlEqualTo("/inventory/reserve"))
                .withHeader("Idempotency-Key", WireMock.equalTo("a-key"))
                .withRequestBody(equalToJson("{\"items\":[{\"product_id\":\"1\",\"quantity\":1},{\"product_id\":\"2\",\"quantity\":4}]}")));
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process"))
                .withHeader("Idempotency-Key", WireMock.equalTo("a-key"))
                .withRequestBody(matchingJsonPath("$.reservations[0]", WireMock.equalTo("RES-1"))));
        Upstreams.inventory.verify(0, postRequestedFor(urlEqualTo("/inventory/release")));
    }

    @Test
    void shouldMakeAKeyForAnOrderThatHasNone() {
        order(null).statusCode(200);
        Upstreams.inventory.verify(1,
                postRequestedFor(urlEqualTo("/inventory/reserve")).withHeader("Idempotency-Key", matching("[0-9a-f-]{36}")));
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process")).withHeader("Idempotency-Key", matching("[0-9a-f-]{36}")));
    }

    @Test
    void shouldRefuseAKeyThatIsNone() {
        order("not a key").statusCode(400).body("error", equalTo("Invalid Idempotency-Key"));
        Upstreams.inventory.verify(0, postRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 422})
    void shouldReleaseWhatWasReservedForAnOrderThatIsRefused(int status) {
        checkoutAnswers(error(status));
        order("a-key").statusCode(status).body("error", equalTo("It says " + status));
        Upstreams.inventory.verify(1,
                postRequestedFor(urlEqualTo("/inventory/release")).withRequestBody(equalToJson("{\"reservation_id\":\"RES-1\"}")));
    }

    @Test
    void shouldLeaveTheReservationOfAnOrderOfWhichNothingIsKnown() {
        checkoutAnswers(aResponse().withStatus(500));
        order("a-key").statusCode(502);
        checkoutAnswers(error(503).withHeader("Retry-After", "1"));
        order("a-key").statusCode(503).header("Retry-After", "1");
        checkoutAnswers(aResponse().withFault(Fault.EMPTY_RESPONSE));
        order("a-key").statusCode(502);
        Upstreams.inventory.verify(0, postRequestedFor(urlEqualTo("/inventory/release")));
    }

    @Test
    void shouldSayWhatIsSoldOutUnlessTheOrderIsThereAlready() {
        reservations(error(409));
        order("a-key").statusCode(200).body(equalTo(CONFIRMATION));
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process?replay=only")));
        Upstreams.checkout.verify(0, postRequestedFor(urlEqualTo("/process")));

        Upstreams.checkout.stubFor(post(urlEqualTo("/process?replay=only")).willReturn(error(404)));
        order("a-key").statusCode(409).body("error", equalTo("It says 409"));
        order(null).statusCode(409);
    }

    @Test
    void shouldSellHalfOfWhatIsKnownWithoutReservationsAndNoMore() {
        reservations(aResponse().withStatus(500));
        order(null).statusCode(200);
        Upstreams.checkout.verify(1,
                postRequestedFor(urlEqualTo("/process")).withRequestBody(matchingJsonPath("$.reservations", absent())));
        order(null).statusCode(503).header("Retry-After", "1").body("error", containsString("Stock cannot be checked"));
    }

    @Test
    void shouldLeaveToCheckoutWhatItCannotRead() {
        checkoutAnswers(error(400));
        for (var body : List.of("{", "[]", "{}", ORDER.replace("\"quantity\":3", "\"quantity\":\"3\""),
                ORDER.replace("\"product_id\":1", "\"product_id\":1.5"))) {
            given().contentType("application/json").body(body).post("/checkout").then().statusCode(400).body("error",
                    equalTo("It says 400"));
        }
        Upstreams.inventory.verify(0, postRequestedFor(anyUrl()));
    }
}
