package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.matching.RequestPatternBuilder;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The orders of a user, with an inventory service. */
@QuarkusTest
@TestProfile(InventoryTest.WithInventory.class)
class ApiOrdersTest {

    private static final String ORDER = """
            {"order_id":"o-1","user_id":"id-of-alice","user_currency":"EUR",
             "products":[{"id":2,"name":"Laptop Pro","price":1104.99,"currency":"EUR","quantity":1,"item_total":1104.99},
                         {"id":1,"name":"Phone","price":594.99,"currency":"EUR","quantity":2,"item_total":1189.98}],
             "total":2294.90,"status":"PROCESSED","timestamp":"2026-11-29T21:00:00.123Z","payment_status":"unpaid"}""";
    private static final String PAID = ORDER.replace("\"unpaid\"", "\"paid\",\"payment_id\":\"p-1\"");

    @BeforeEach
    void allIsWell() {
        Upstreams.areWell();
        Upstreams.inventory.stubFor(post(urlEqualTo("/inventory/release")).willReturn(okJson("{\"status\":\"released\"}")));
        reservations(okJson("{\"reservation_id\":\"RES-1\",\"items\":[]}"));
        checkoutAnswers(created(ORDER));
        // A test of this or another class may have opened the circuit.
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> create("{\"product_ids\":[98]}").statusCode(201));
        Upstreams.checkout.resetRequests();
        Upstreams.inventory.resetRequests();
    }

    private static void reservations(ResponseDefinitionBuilder answer) {
        Upstreams.inventory.stubFor(post(urlEqualTo("/inventory/reserve")).willReturn(answer));
    }

    private static void checkoutAnswers(ResponseDefinitionBuilder answer) {
        Upstreams.checkout.stubFor(any(urlPathEqualTo("/orders")).willReturn(answer));
    }

    private static ResponseDefinitionBuilder created(String order) {
        return okJson(order).withStatus(201);
    }

    private static ValidatableResponse create(String body) {
        return create(null, body);
    }

    private static ValidatableResponse create(String key, String body) {
        var request = given().header("Authorization", "Bearer alice").contentType("application/json").body(body);
        return (key == null ? request : request.header("Idempotency-Key", key)).post("/api/v1/order/create").then();
    }

    private static ValidatableResponse read(String path) {
        return given().header("Authorization", "Bearer alice").get(path).then();
    }

    private static RequestPatternBuilder released(String attempt) {
        return postRequestedFor(urlEqualTo("/inventory/release")).withRequestBody(equalToJson("{\"attempt\":\"" + attempt + "\"}"));
    }

    private static String attempt() {
        var reserved = Upstreams.inventory.findAll(postRequestedFor(urlEqualTo("/inventory/reserve"))).getFirst();
        return JsonPath.from(reserved.getBodyAsString()).getString("attempt");
    }

    @Test
    void shouldReserveTheStockAndCreateTheOrder() {
        create("a-key", "{\"product_ids\":[1,2,1],\"currency\":\"EUR\"}").statusCode(201).contentType("application/json")
                .header("Idempotent-Replayed", nullValue())
                .body("size()", equalTo(3))
                .body("order.size()", equalTo(4))
                .body("order.id", equalTo("o-1")).body("order.user_id", equalTo("id-of-alice")).body("order.status", equalTo("pending"))
                .body("order.product_ids", equalTo(List.of(2, 1, 1)))
                .body(containsString("\"amount\":2294.90,")).body("currency", equalTo("EUR"));

        Upstreams.inventory.verify(1, postRequestedFor(urlEqualTo("/inventory/reserve"))
                .withHeader("Idempotency-Key", WireMock.equalTo("a-key"))
                .withRequestBody(equalToJson("{\"items\":[{\"product_id\":\"1\",\"quantity\":2},{\"product_id\":\"2\",\"quantity\":1}],"
                        + "\"attempt\":\"${json-unit.any-string}\"}")));
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/orders"))
                .withHeader("Idempotency-Key", WireMock.equalTo("a-key"))
                .withHeader("X-User-Id", WireMock.equalTo("id-of-alice")).withHeader("X-User-Name", WireMock.equalTo("alice"))
                .withRequestBody(equalToJson("{\"user_id\":\"id-of-alice\",\"currency\":\"EUR\",\"product_ids\":[1,2,1],"
                        + "\"reservations\":[\"RES-1\"]}")));
        Upstreams.inventory.verify(0, postRequestedFor(urlEqualTo("/inventory/release")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"product_ids\":[1]}", "{\"product_ids\":[1],\"currency\":null}",
            "{\"product_ids\":[1],\"user_id\":\"bob\",\"reservations\":[\"RES-7\"],\"total\":0.01}"})
    void shouldUseUsDollarsAndNothingElseOfTheBody(String body) {
        create(body).statusCode(201);
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/orders")).withHeader("Idempotency-Key", matching("[0-9a-f-]{36}"))
                .withRequestBody(equalToJson("{\"user_id\":\"id-of-alice\",\"currency\":\"USD\",\"product_ids\":[1],"
                        + "\"reservations\":[\"RES-1\"]}")));
    }

    @Test
    void shouldTakeUpTo100Products() {
        create("{\"product_ids\":[" + ids(100) + "]}").statusCode(201);
        create("{\"product_ids\":[" + ids(101) + "]}").statusCode(400).body("error",
                equalTo("product_ids must be a list of 1 to 100 product ids"));
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/orders")));
    }

    private static String ids(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(String::valueOf).collect(Collectors.joining(","));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "1.0", "1e0", "\"1\"", "0", "-1", "2147483648", "18446744073709551617", "null", "true", "[1]",
            "{\"id\":1}"})
    void shouldRefuseAnIdThatIsNotAPositiveInteger(String id) {
        create("{\"product_ids\":[1," + id + "]}").statusCode(400).body("error",
                equalTo("Each of product_ids must be an integer from 1 to 2147483647"));
        nothingWasSent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[", "[]", "[1]", "1", "null", "\"1\"", "{}", "{\"product_ids\":null}", "{\"product_ids\":[]}",
            "{\"product_ids\":1}", "{\"product_ids\":\"1\"}", "{\"product_ids\":{\"0\":1}}", "{\"product_ids\":[1]} x",
            "{\"product_ids\":[1],\"currency\":1}", "{\"product_ids\":[1],\"currency\":[\"EUR\"]}",
            "{\"product_ids\":[1],\"currency\":\"\\u0000\"}", "{\"product_ids\":[1],\"currency\":\"\\ud800\"}"})
    void shouldRefuseABodyThatIsNoOrder(String body) {
        create(body).statusCode(400).contentType("application/json").body("size()", equalTo(1)).body("error", containsString(""));
        nothingWasSent();
    }

    @Test
    void shouldNameWhatIsMissingOrWrong() {
        create("{}").body("error", equalTo("Missing required field: product_ids"));
        create("{\"product_ids\":[]}").body("error", equalTo("product_ids must be a list of 1 to 100 product ids"));
        create("{\"product_ids\":[1],\"currency\":1}").body("error", equalTo("currency must be a text"));
        create("").body("error", equalTo("The body must be a JSON object with product_ids"));
        create("{").body("error", equalTo("The body is not the JSON that is expected here"));
        create("bad key", "{\"product_ids\":[1]}").statusCode(400).body("error", equalTo("Invalid Idempotency-Key"));
        nothingWasSent();
    }

    private static void nothingWasSent() {
        Upstreams.inventory.verify(0, anyRequestedFor(anyUrl()));
        Upstreams.checkout.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldReleaseTheStockIfCheckoutRefuses() {
        for (var sentence : new String[]{"Currency XXX not supported", "Product not found"}) {
            checkoutAnswers(Upstreams.error(sentence.startsWith("Product") ? 404 : 400, sentence));
            create("{\"product_ids\":[1],\"currency\":\"XXX\"}").statusCode(sentence.startsWith("Product") ? 404 : 400)
                    .body("error", equalTo(sentence));
            Upstreams.inventory.verify(1, released(attempt()));
            Upstreams.inventory.resetRequests();
        }
    }

    @Test
    void shouldNotOrderWhatIsSoldOutOrUnknown() {
        reservations(Upstreams.error(409, "Insufficient inventory: of product 1 there are 0 available"));
        create("{\"product_ids\":[1]}").statusCode(409).body("error",
                equalTo("Insufficient inventory: of product 1 there are 0 available"));
        reservations(Upstreams.error(404, "Product not found"));
        create("{\"product_ids\":[99]}").statusCode(404).body("error", equalTo("Product not found"));
        Upstreams.checkout.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldReturnTheFirstOrderToARepeatedRequestForASoldOutProduct() {
        reservations(Upstreams.error(409, "Insufficient inventory"));
        Upstreams.checkout
                .stubFor(post(urlEqualTo("/orders?replay=only")).willReturn(created(PAID).withHeader("Idempotent-Replayed", "true")));
        create("a-key", "{\"product_ids\":[1]}").statusCode(201).header("Idempotent-Replayed", "true")
                .body("order.id", equalTo("o-1")).body("order.status", equalTo("paid")).body("order.payment_id", equalTo("p-1"));
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/orders?replay=only")).withHeader("X-User-Id",
                WireMock.equalTo("id-of-alice")).withRequestBody(
                        equalToJson("{\"user_id\":\"id-of-alice\",\"currency\":\"USD\",\"product_ids\":[1]}")));
        Upstreams.checkout.stubFor(post(urlEqualTo("/orders?replay=only")).willReturn(Upstreams.error(404, "Order not found")));
        create("a-key", "{\"product_ids\":[1]}").statusCode(409).body("error", equalTo("Insufficient inventory"));
    }

    @Test
    void shouldMarkARepetitionAndReleaseItsOwnReservation() {
        checkoutAnswers(created(ORDER).withHeader("Idempotent-Replayed", "true"));
        create("a-key", "{\"product_ids\":[1]}").statusCode(201).header("Idempotent-Replayed", "true");
        Upstreams.inventory.verify(1, released(attempt()));
    }

    @Test
    void shouldReportWhetherAFailedOrderMayHaveBeenPlaced() {
        checkoutAnswers(aResponse().withStatus(500));
        create("{\"product_ids\":[1]}").statusCode(502).header("Retry-After", nullValue()).body("error",
                equalTo("checkout failed with status 500"));
        checkoutAnswers(Upstreams.error(503, "The database is not available").withHeader("Retry-After", "1"));
        create("{\"product_ids\":[1]}").statusCode(503).header("Retry-After", "1").body("error", equalTo("The database is not available"));
        checkoutAnswers(aResponse().withFault(Fault.EMPTY_RESPONSE));
        create("{\"product_ids\":[1]}").statusCode(502).header("Retry-After", nullValue()).body("error",
                equalTo("checkout is unreachable"));
        for (var unreadable : new String[]{"{}", "[]", "1", "{", ORDER.replace("2294.90", "null")}) {
            checkoutAnswers(created(unreadable));
            create("{\"product_ids\":[1]}").statusCode(502).header("Retry-After", nullValue()).body("error",
                    equalTo("checkout gave an answer that cannot be read"));
        }
    }

    @Test
    void shouldReturnAnOrderOfTheUser() {
        Upstreams.checkout.stubFor(get(urlEqualTo("/order/o-1")).willReturn(okJson(ORDER)));
        read("/api/v1/order/o-1").statusCode(200).contentType("application/json").body("size()", equalTo(7))
                .body("id", equalTo("o-1")).body("user_id", equalTo("id-of-alice")).body("status", equalTo("pending"))
                .body("product_ids", equalTo(List.of(2, 1, 1))).body("currency", equalTo("EUR"))
                .body("created_at", equalTo("2026-11-29T21:00:00.123Z")).body(containsString("\"amount\":2294.90,"));
        Upstreams.checkout.stubFor(get(urlEqualTo("/order/o-1")).willReturn(okJson(PAID)));
        read("/api/v1/order/o-1").statusCode(200).body("size()", equalTo(8)).body("status", equalTo("paid"))
                .body("payment_id", equalTo("p-1"));
        Upstreams.checkout.verify(2, getRequestedFor(urlEqualTo("/order/o-1")).withHeader("X-User-Id", WireMock.equalTo("id-of-alice"))
                .withHeader("X-User-Name", WireMock.equalTo("alice")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"id-of-bob\"", "\"ID-OF-ALICE\"", "null", "\"\""})
    void shouldAnswerAnOrderOfAnotherUserAsOneThatDoesNotExist(String owner) {
        Upstreams.checkout.stubFor(get(urlEqualTo("/order/o-1")).willReturn(okJson(ORDER.replace("\"id-of-alice\"", owner))));
        Upstreams.checkout.stubFor(get(urlEqualTo("/order/o-2")).willReturn(Upstreams.error(404, "Order not found")));
        var foreign = read("/api/v1/order/o-1").statusCode(404).extract().asString();
        read("/api/v1/order/o-2").statusCode(404).body(equalTo(foreign)).body("error", equalTo("Order not found"));
    }

    @Test
    void shouldListTheOrdersOfTheUserByPage() {
        checkoutAnswers(okJson("{\"orders\":[" + PAID + "," + ORDER + "],\"cursor\":\"next\"}"));
        read("/api/v1/orders?limit=2&cursor=this&user_id=bob").statusCode(200).body("size()", equalTo(2))
                .body("orders.status", equalTo(List.of("paid", "pending"))).body("orders[0].payment_id", equalTo("p-1"))
                .body("orders[1].size()", equalTo(7)).body("cursor", equalTo("next"));
        Upstreams.checkout.verify(1, getRequestedFor(urlEqualTo("/orders?user_id=id-of-alice&limit=2&cursor=this"))
                .withHeader("X-User-Id", WireMock.equalTo("id-of-alice")));
        checkoutAnswers(okJson("{\"orders\":[],\"cursor\":null}"));
        read("/api/v1/orders").statusCode(200).body(equalTo("{\"orders\":[],\"cursor\":null}"));
        checkoutAnswers(Upstreams.error(400, "limit must be from 1 to 100"));
        read("/api/v1/orders?limit=0").statusCode(400).body("error", equalTo("limit must be from 1 to 100"));
    }

    @Test
    void shouldListEachProductOnceInAnOrderOfMoreThan100Pieces() {
        var order = ORDER.replace("\"quantity\":2", "\"quantity\":1000");
        Upstreams.checkout.stubFor(get(urlEqualTo("/order/o-1")).willReturn(okJson(order)));
        read("/api/v1/order/o-1").statusCode(200).body("product_ids", equalTo(List.of(2, 1)));
        Upstreams.checkout.stubFor(get(urlEqualTo("/order/o-1")).willReturn(okJson(ORDER.replace("\"quantity\":2", "\"quantity\":99"))));
        read("/api/v1/order/o-1").statusCode(200).body("product_ids.size()", equalTo(100));
    }

    @Test
    void shouldSendNoReservationIfItMayOrderWithout() {
        reservations(aResponse().withStatus(500));
        create("{\"product_ids\":[77]}").statusCode(503).header("Retry-After", "1").body("error",
                equalTo("Stock cannot be checked at the moment"));
        Upstreams.inventory.stubFor(get(urlEqualTo("/inventory?product_ids=1"))
                .willReturn(okJson("[{\"product_id\":\"1\",\"quantity\":100,\"reserved\":0,\"available\":100}]")));
        await().untilAsserted(() -> given().get("/product/1").then().body("inventory.available", equalTo(100)));
        create("{\"product_ids\":[1]}").statusCode(201);
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/orders")).withHeader("Idempotency-Key", matching(".+"))
                .withRequestBody(equalToJson("{\"user_id\":\"id-of-alice\",\"currency\":\"USD\",\"product_ids\":[1]}")));
    }
}
