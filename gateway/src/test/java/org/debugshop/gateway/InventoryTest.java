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
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.matching.RequestPatternBuilder;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock on pages and in orders, with an inventory service (docs/orders.md). */
@QuarkusTest
@TestProfile(InventoryTest.WithInventory.class)
class InventoryTest {

    private static final String ORDER = """
            {"user_id":"user-1","user_currency":"EUR","address":{},"email":"a@example.com",
             "items":[{"product_id":2,"quantity":3},{"product_id":1,"quantity":1},{"product_id":2,"quantity":1}]}""";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CONFIRMATION = "{\"order_id\":\"1\",\"total\":1.00,\"currency\":\"EUR\",\"status\":\"PROCESSED\"}";

    public static class WithInventory implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(Upstreams.class));
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("shop.inventory.url", "http://localhost", "shop.inventory.max-age-in-lists", "0s");
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
        // An earlier test may have opened the circuit. The stock of this product isn't known yet, so it needs a reservation.
        await().atMost(PATIENCE).untilAsserted(() -> given().get("/product/1").then().body("inventory.available", equalTo(10)));
        await().atMost(PATIENCE).untilAsserted(() -> order("warm-up", ORDER.replaceAll("\"items\".*]", items(99, 1))).statusCode(200));
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
                .withBody("{\"error\":\"Refused with " + status + "\"}");
    }

    /** Reads the stock of a product that no other test sells. */
    private static void stockOf(int product, int available) {
        Upstreams.inventory.stubFor(get(urlEqualTo("/inventory?product_ids=" + product)).willReturn(okJson(
                "[{\"product_id\":\"%d\",\"quantity\":%2$d,\"reserved\":0,\"available\":%2$d}]".formatted(product, available))));
        Upstreams.catalog.stubFor(get(urlEqualTo("/product/" + product))
                .willReturn(okJson(Upstreams.PHONE.replace("\"id\":1", "\"id\":" + product))));
        given().get("/product/" + product).then().statusCode(200).body("inventory.available", equalTo(available));
    }

    private static String items(int product, int quantity) {
        return "\"items\":[{\"product_id\":%d,\"quantity\":%d}]".formatted(product, quantity);
    }

    /** The attempts of all requests for a reservation, oldest first. */
    private static List<String> attempts() {
        return Upstreams.inventory.findAll(postRequestedFor(urlEqualTo("/inventory/reserve"))).stream()
                .sorted(Comparator.comparing(LoggedRequest::getLoggedDate))
                .map(request -> JsonPath.from(request.getBodyAsString()).getString("attempt")).toList();
    }

    private static RequestPatternBuilder released(String attempt) {
        return postRequestedFor(urlEqualTo("/inventory/release")).withRequestBody(equalToJson("{\"attempt\":\"" + attempt + "\"}"));
    }

    private static ValidatableResponse order(String key) {
        return order(key, ORDER);
    }

    private static ValidatableResponse order(String key, String body) {
        var request = given().contentType("application/json").body(body);
        return (key == null ? request : request.header("Idempotency-Key", key)).post("/checkout").then();
    }

    @Test
    void shouldShowTheStockOfProducts() {
        given().get("/products").then().statusCode(200).body("inventory", hasSize(1)).body("inventory[0].product_id", equalTo("1"))
                .body("inventory[0].available", equalTo(10));
        given().get("/product/1").then().statusCode(200).body("inventory.quantity", equalTo(12)).body("inventory.reserved", equalTo(2));
    }

    @Test
    void shouldShowProductsWithoutStockWhileInventoryFails() {
        Upstreams.inventory.stubFor(get(urlPathEqualTo("/inventory")).willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));
        given().get("/products").then().statusCode(200).body("products", hasSize(1)).body("ads", hasSize(1)).body("inventory", hasSize(0));
        given().get("/product/1").then().statusCode(200).body("inventory", equalTo(null));
    }

    @Test
    void shouldReserveAllItemsAtOnceWithTheCallersKeyAndSendTheReservation() {
        order("a-key").statusCode(200).body(equalTo(CONFIRMATION));

        Upstreams.inventory.verify(1, postRequestedFor(urlEqualTo("/inventory/reserve"))
                .withHeader("Idempotency-Key", WireMock.equalTo("a-key"))
                .withRequestBody(equalToJson("{\"items\":[{\"product_id\":\"1\",\"quantity\":1},{\"product_id\":\"2\",\"quantity\":4}],"
                        + "\"attempt\":\"${json-unit.any-string}\"}")));
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process"))
                .withHeader("Idempotency-Key", WireMock.equalTo("a-key"))
                .withRequestBody(matchingJsonPath("$.reservations[0]", WireMock.equalTo("RES-1"))));
        Upstreams.inventory.verify(0, postRequestedFor(urlEqualTo("/inventory/release")));
    }

    @Test
    void shouldCreateAKeyForAnOrderWithoutOne() {
        order(null).statusCode(200);
        Upstreams.inventory.verify(1,
                postRequestedFor(urlEqualTo("/inventory/reserve")).withHeader("Idempotency-Key", matching("[0-9a-f-]{36}")));
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process")).withHeader("Idempotency-Key", matching("[0-9a-f-]{36}")));
    }

    @Test
    void shouldRefuseAnInvalidKey() {
        order("not a key").statusCode(400).body("error", equalTo("Invalid Idempotency-Key"));
        Upstreams.inventory.verify(0, postRequestedFor(anyUrl()));
    }

    @Test
    void shouldRefuseTwoKeys() {
        given().contentType("application/json").header("Idempotency-Key", "a", "b").body(ORDER).post("/checkout").then().statusCode(400)
                .body("error", equalTo("There must be one Idempotency-Key, not 2"));
        Upstreams.inventory.verify(0, postRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @CsvSource({"user-1,user_id", "EUR,user_currency", "1 Main Street,address.street", "a@example.com,email", "a note,items[0].note"})
    void shouldRefuseATextThatCannotBeStoredBeforeItReservesAnything(String text, String field) {
        var order = ORDER.replace("\"address\":{}", "\"address\":{\"street\":\"1 Main Street\"}")
                .replace("\"quantity\":3", "\"quantity\":3,\"note\":\"a note\"");
        for (var wrong : List.of("\\u0000", "x\\ud800", "\\udc00y")) {
            given().contentType("application/json").body(order.replace(text, text + wrong)).post("/checkout").then().statusCode(400)
                    .body("error", equalTo(field + " must not contain U+0000 or half a surrogate pair"));
        }
        Upstreams.inventory.verify(0, postRequestedFor(anyUrl()));
        Upstreams.checkout.verify(0, postRequestedFor(anyUrl()));
        given().contentType("application/json").body(order.replace(text, text + "\\ud83d\\ude00")).post("/checkout").then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 422})
    void shouldGiveUpAnAttemptThatIsRefused(int status) {
        checkoutAnswers(error(status));
        order("a-key").statusCode(status).body("error", equalTo("Refused with " + status));
        Upstreams.inventory.verify(1, released(attempts().getFirst()));
    }

    @Test
    void shouldGiveUpAnAttemptThatCertainlyPlacedNoOrder() {
        checkoutAnswers(error(503).withHeader("Retry-After", "1"));
        order("a-key").statusCode(503).header("Retry-After", "1");
        checkoutAnswers(error(502).withHeader("Retry-After", "1"));
        order("a-key").statusCode(502).header("Retry-After", "1").body("error", equalTo("checkout failed with status 502"));
        assertThat(attempts().size()).isEqualTo(2);
        assertThat(attempts().getLast()).isNotEqualTo(attempts().getFirst());
        attempts().forEach(attempt -> Upstreams.inventory.verify(1, released(attempt)));
    }

    @Test
    void shouldGiveUpAnAttemptIfAnotherPlacedTheOrder() {
        checkoutAnswers(okJson(CONFIRMATION).withHeader("Idempotent-Replayed", "true"));
        order("a-key").statusCode(200).body(equalTo(CONFIRMATION)).header("Idempotent-Replayed", "true");
        Upstreams.inventory.verify(1, released(attempts().getFirst()));
    }

    @Test
    void shouldKeepTheReservationIfTheOrderMayHaveBeenPlaced() {
        for (var answer : List.of(aResponse().withStatus(500), aResponse().withStatus(503),
                aResponse().withFault(Fault.EMPTY_RESPONSE))) {
            checkoutAnswers(answer);
            order("a-key").statusCode(502).header("Retry-After", nullValue());
        }
        Upstreams.inventory.verify(0, postRequestedFor(urlEqualTo("/inventory/release")));
    }

    @Test
    void shouldGiveUpAnAttemptIfItsReservationMayHaveBeenMade() {
        reservations(aResponse().withFault(Fault.EMPTY_RESPONSE));
        order(null, ORDER.replaceAll("\"items\".*]", items(99, 1))).statusCode(503).header("Retry-After", "1");
        await().untilAsserted(() -> Upstreams.inventory.verify(1, released(attempts().getFirst())));
    }

    @Test
    void shouldRemoveReservationsThatTheCallerSends() {
        var order = ORDER.replace("{\"user_id\"", "{\"reservations\":[\"RES-of-another\"],\"user_id\"");
        order("a-key", order).statusCode(200);
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process"))
                .withRequestBody(matchingJsonPath("$.reservations.length()", WireMock.equalTo("1")))
                .withRequestBody(matchingJsonPath("$.reservations[0]", WireMock.equalTo("RES-1"))));

        stockOf(20, 10);
        reservations(aResponse().withStatus(500));
        order("b-key", order.replaceAll("\"items\".*]", items(20, 1))).statusCode(200);
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process")).withHeader("Idempotency-Key", WireMock.equalTo("b-key"))
                .withRequestBody(matchingJsonPath("$.reservations", absent())));
    }

    @Test
    void shouldSplitAReservationThatIsTooLargeForOneItem() {
        order("a-key", ORDER.replaceAll("\"items\".*]", "\"items\":[%1$s,%1$s,%1$s]".formatted("{\"product_id\":1,\"quantity\":600}")))
                .statusCode(200);
        Upstreams.inventory.verify(1, postRequestedFor(urlEqualTo("/inventory/reserve"))
                .withRequestBody(matchingJsonPath("$.items[0].quantity", WireMock.equalTo("1000")))
                .withRequestBody(matchingJsonPath("$.items[1].quantity", WireMock.equalTo("800")))
                .withRequestBody(matchingJsonPath("$.items.length()", WireMock.equalTo("2"))));
    }

    @Test
    void shouldReportSoldOutProductsUnlessTheOrderWasAlreadyPlaced() {
        reservations(error(409));
        order("a-key").statusCode(200).body(equalTo(CONFIRMATION));
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process?replay=only")));
        Upstreams.checkout.verify(0, postRequestedFor(urlEqualTo("/process")));

        Upstreams.checkout.stubFor(post(urlEqualTo("/process?replay=only")).willReturn(error(404)));
        order("a-key").statusCode(409).body("error", equalTo("Refused with 409"));
        order(null).statusCode(409);
    }

    @Test
    void shouldSellAtMostHalfOfTheKnownStockWithoutReservations() {
        reservations(aResponse().withStatus(500));
        order(null).statusCode(200);
        Upstreams.checkout.verify(1,
                postRequestedFor(urlEqualTo("/process")).withRequestBody(matchingJsonPath("$.reservations", absent())));
        order(null).statusCode(503).header("Retry-After", "1").body("error", containsString("Stock cannot be checked"));
    }

    @Test
    void shouldCountAPromiseOnceEvenIfTheStockIsReadAgain() {
        stockOf(21, 10);
        reservations(aResponse().withStatus(500));
        var order = ORDER.replaceAll("\"items\".*]", items(21, 3));
        order("promised", order).statusCode(200);
        order("promised", order).statusCode(200);
        given().get("/product/21").then().statusCode(200);
        order("another", order).statusCode(503);
        order("promised", order).statusCode(200);
        order("a-smaller-one", ORDER.replaceAll("\"items\".*]", items(21, 2))).statusCode(200);
    }

    @Test
    void shouldPassUnreadableOrdersToCheckout() {
        checkoutAnswers(error(400));
        for (var body : List.of("{", "[]", "{}", ORDER.replace("\"quantity\":3", "\"quantity\":\"3\""),
                ORDER.replace("\"product_id\":1", "\"product_id\":1.5"))) {
            given().contentType("application/json").body(body).post("/checkout").then().statusCode(400).body("error",
                    equalTo("Refused with 400"));
        }
        Upstreams.inventory.verify(0, postRequestedFor(anyUrl()));
    }
}
