package org.debugshop.checkout;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.http.Fault;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Upstreams.class)
class CheckoutResourceTest {

    private static final String TWO_PHONES = "[{\"product_id\":1,\"quantity\":2}]";

    @Inject
    ObjectMapper json;

    @BeforeEach
    void upstreamsAreWell() {
        Upstreams.areWell();
    }

    @Test
    void shouldReturnItsStatus() {
        given().get("/").then().statusCode(200).body("service", equalTo("Checkout Service")).body("status", equalTo("UP"));
    }

    /** The other tests of events have mappers of their own, which write any type. */
    @Test
    void shouldWriteEventsInANativeExecutableToo() throws JsonProcessingException {
        var line = new Order.Line(1, "Phone", BigDecimal.TEN, "EUR", 2, new BigDecimal(20));
        var order = new Order("order-1", "user-1", "EUR", null, null, List.of(line), line.itemTotal(), "PROCESSED", Instant.EPOCH, null,
                null);

        assertThat(json.writeValueAsString(OrderPlaced.of(order, List.of("RES-1"))))
                .contains("\"order_id\":\"order-1\"", "\"items\":[{\"product_id\":1,\"quantity\":2}]");
    }

    /** Without a database there are no events, so inventory would never sell the reserved stock. */
    @Test
    void shouldKeepNoReservationForOrdersInMemory() {
        given().contentType("application/json").body("{\"reservation_ids\":[\"RES-1\"]}").post("/reservations/release")
                .then().statusCode(200).body(equalTo("{\"kept\":[]}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"reservation_ids\":[]}", "{\"reservation_ids\":\"RES-1\"}",
            "{\"reservation_ids\":[1]}", "{\"reservation_ids\":[null]}", "{\"reservation_ids\":[\"a\\u0000\"]}"})
    void shouldNameTheFieldOfReservationsThatCannotBeReleased(String body) {
        given().contentType("application/json").body(body).post("/reservations/release")
                .then().statusCode(400).body("error", containsString("reservation_ids"));
    }

    @Test
    void shouldReleaseNoMoreThanAHundredReservationsAtOnce() {
        var ids = IntStream.rangeClosed(0, 100).mapToObj(number -> "\"RES-" + number + "\"").collect(Collectors.joining(","));

        given().contentType("application/json").body("{\"reservation_ids\":[" + ids + "]}").post("/reservations/release")
                .then().statusCode(400).body("error", equalTo("reservation_ids must be a list of at most 100 reservation ids"));
    }

    @Test
    void shouldTakeAnOrderInTheCustomersCurrency() {
        var id = process(order(TWO_PHONES)).statusCode(200)
                .body(containsString("\"total\":1189.98"))
                .body("currency", equalTo("EUR")).body("status", equalTo("PROCESSED")).body("order_id", matchesPattern("[0-9a-f-]{36}"))
                .extract().<String>path("order_id");

        given().get("/order/" + id).then().statusCode(200)
                .body("order_id", equalTo(id)).body("user_id", equalTo("user-1")).body("user_currency", equalTo("EUR"))
                .body("address.city", equalTo("Bern")).body("address.size()", equalTo(1)).body("email", equalTo("a@example.com"))
                .body("products", hasSize(1)).body("products[0].id", equalTo(1)).body("products[0].name", equalTo("Product 1"))
                .body("products[0].currency", equalTo("EUR")).body("products[0].quantity", equalTo(2))
                .body(containsString("\"price\":594.99")).body(containsString("\"item_total\":1189.98"))
                .body(containsString("\"total\":1189.98"))
                .body("status", equalTo("PROCESSED")).body("payment_status", equalTo("unpaid")).body("$", not(hasKey("payment_id")))
                .body("timestamp", matchesPattern("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z"));
    }

    @Test
    void shouldRepeatTheFirstAnswerEvenIfPricesAreUnavailable() {
        var first = keyed("a-key", order(TWO_PHONES)).post("/process").then().statusCode(200).header("Idempotent-Replayed", nullValue())
                .extract().asString();
        Upstreams.catalog.resetAll();

        keyed("a-key", order(TWO_PHONES).replace("{\"user_id\"", "{\"reservations\":[\"RES-2\"],\"user_id\"")).post("/process").then()
                .statusCode(200).header("Idempotent-Replayed", "true").body(equalTo(first));
        keyed("a-key", order(TWO_PHONES)).post("/process?replay=only").then().statusCode(200).header("Idempotent-Replayed", "true")
                .body(equalTo(first));
        keyed("a-key", order(TWO_PHONES).replace("EUR", "USD")).post("/process").then().statusCode(422).body("error",
                containsString("another order"));
        keyed("new-key", order(TWO_PHONES)).post("/process?replay=only").then().statusCode(404).body("error", equalTo("Order not found"));
    }

    @Test
    void shouldTakeTheOrderOfAUserWithAnAccount() {
        var created = create("{\"user_id\":\"user-7\",\"currency\":\"EUR\",\"product_ids\":[2,1,2],\"reservations\":[\"RES-1\"]}")
                .statusCode(201).header("Idempotent-Replayed", nullValue())
                .body("user_id", equalTo("user-7")).body("user_currency", equalTo("EUR")).body("status", equalTo("PROCESSED"))
                .body("payment_status", equalTo("unpaid")).body("products.id", equalTo(List.of(2, 1)))
                .body("products.quantity", equalTo(List.of(2, 1))).body(containsString("\"total\":1784.97"))
                .body("$", not(hasKey("address"))).body("$", not(hasKey("email"))).body("$", not(hasKey("payment_id"))).extract();

        given().get("/order/" + created.path("order_id")).then().statusCode(200).body(equalTo(created.asString()));
        given().get("/orders?user_id=user-7").then().statusCode(200).body("orders[0].order_id", equalTo(created.path("order_id")));
        create("{\"user_id\":\"user-7\",\"product_ids\":[1]}").statusCode(201).body("user_currency", equalTo("USD"))
                .body(containsString("\"total\":699.99"));
    }

    @Test
    void shouldTakeTheOrderOfAUserOncePerKey() {
        var order = "{\"user_id\":\"user-7\",\"product_ids\":[1,1]}";
        keyed("create", order).post("/orders?replay=only").then().statusCode(404).body("error", equalTo("Order not found"));
        var first = keyed("create", order).post("/orders").then().statusCode(201).header("Idempotent-Replayed", nullValue()).extract()
                .asString();
        Upstreams.catalog.resetAll();

        keyed("create", order.replace("{", "{\"reservations\":[\"RES-2\"],")).post("/orders").then().statusCode(201)
                .header("Idempotent-Replayed", "true").body(equalTo(first));
        keyed("create", order).post("/orders?replay=only").then().statusCode(201).header("Idempotent-Replayed", "true")
                .body(equalTo(first));
        keyed("create", order.replace("1,1", "1,2")).post("/orders").then().statusCode(422).body("error",
                equalTo("This Idempotency-Key was used for another order"));
        keyed("create", order(TWO_PHONES)).post("/process").then().statusCode(422);
        create(order).statusCode(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "null                                                     | No checkout data provided",
            "[]                                                       | The checkout data must be a JSON object",
            "{}                                                       | Missing required field: user_id",
            "{'user_id':'u'}                                          | Missing required field: product_ids",
            "{'user_id':1,'product_ids':[1]}                          | user_id must be a text of 1 to 256 characters",
            "{'user_id':'u','product_ids':1}                          | product_ids must be a list",
            "{'user_id':'u','product_ids':[]}                         | There are no items in the order",
            "{'user_id':'u','product_ids':['1']}                      | Invalid item format",
            "{'user_id':'u','product_ids':[1.5]}                      | Invalid item format",
            "{'user_id':'u','product_ids':[0]}                        | Invalid product ID",
            "{'user_id':'u','product_ids':[2147483648]}               | Invalid product ID",
            "{'user_id':'u','product_ids':[1],'currency':'eur'}       | currency must be a code of three capital letters",
            "{'user_id':'u','product_ids':[1],'currency':'XXX'}       | Currency XXX not supported",
            "{'user_id':'u','product_ids':[1],'reservations':[1]}     | reservations must be a list of at most 100 reservation ids",
            "{'user_id':'a\\u0000','product_ids':[1]}                 | user_id must not contain U+0000 or half a surrogate pair"}, quoteCharacter = '~')
    void shouldRefuseAnOrderOfAUserThatIsNotWellFormed(String body, String sentence) {
        create(body.replace('\'', '"')).statusCode(400).body("error", equalTo(sentence));
    }

    @Test
    void shouldBoundThePiecesOfTheOrderOfAUser() {
        var pieces = IntStream.rangeClosed(0, 100).mapToObj(_ -> "3").collect(Collectors.joining(","));

        create("{\"user_id\":\"u\",\"product_ids\":[" + pieces + "]}").statusCode(400)
                .body("error", equalTo("There are more than 100 items in the order"));
        create("{\"user_id\":\"u\",\"product_ids\":[" + pieces.substring(2) + "]}").statusCode(201)
                .body("products.quantity", equalTo(List.of(100)));
        create("{\"user_id\":\"u\",\"product_ids\":[99]}").statusCode(404).body("error", equalTo("Product not found"));
    }

    private static ValidatableResponse create(String body) {
        return given().contentType("application/json").body(body).post("/orders").then();
    }

    @Test
    void shouldRefuseAnInvalidKey() {
        keyed("a key", order(TWO_PHONES)).post("/process").then().statusCode(400).body("error", equalTo("Invalid Idempotency-Key"));
        keyed("x".repeat(129), order(TWO_PHONES)).post("/process").then().statusCode(400).body("error", equalTo("Invalid Idempotency-Key"));
    }

    @Test
    void shouldRefuseTwoKeys() {
        keyed("a", order(TWO_PHONES)).header("Idempotency-Key", "b").post("/process").then().statusCode(400)
                .body("error", equalTo("There must be one Idempotency-Key, not 2"));
    }

    @ParameterizedTest
    @CsvSource({"user-1,user_id", "EUR,user_currency", "Bern,address.city", "a@example.com,email", "a note,items[0].note",
            "RES-1,reservations[0]"})
    void shouldRefuseATextThatCannotBeStored(String text, String field) {
        var order = order(TWO_PHONES.replace("}", ",\"note\":\"a note\"}")).replace("{\"user_id",
                "{\"reservations\":[\"RES-1\"],\"user_id");
        for (var wrong : List.of("\\u0000", "x\\ud800", "\\udc00y")) {
            refused(order.replace(text, text + wrong), field + " must not contain U+0000 or half a surrogate pair");
        }
        given().urlEncodingEnabled(false).get("/orders?user_id=a%00b").then().statusCode(400)
                .body("error", equalTo("user_id must not contain U+0000 or half a surrogate pair"));
    }

    @Test
    void shouldPageThroughTheOrdersOfAUser() {
        var placed = IntStream.range(0, 3)
                .mapToObj(_ -> process(order(TWO_PHONES).replace("user-1", "pages")).extract().<String>path("order_id")).toList();
        var first = given().get("/orders?user_id=pages&limit=2").then().statusCode(200)
                .body("orders.order_id", equalTo(List.of(placed.get(2), placed.get(1)))).extract().<String>path("cursor");
        given().get("/orders?user_id=pages&limit=2&cursor=" + first).then().body("orders.order_id", equalTo(List.of(placed.get(0))))
                .body("cursor", nullValue());
        for (var wrong : List.of("", "?user_id=", "?user_id=pages&limit=0", "?user_id=pages&limit=101", "?user_id=pages&limit=x",
                "?user_id=pages&cursor=x")) {
            given().get("/orders" + wrong).then().statusCode(400).body("error", not(emptyOrNullString()));
        }
    }

    @Test
    void shouldHaveNoReceiptWithoutEvents() {
        var id = process(order(TWO_PHONES)).extract().<String>path("order_id");
        given().get("/order/" + id + "/receipt").then().statusCode(404).body("error", equalTo("Receipt not found"));
        given().get("/order/" + id).then().body("$", not(hasKey("receipt")));
        given().get("/health/ready").then().statusCode(200);
    }

    private static RequestSpecification keyed(String key, String order) {
        return given().header("Idempotency-Key", key).contentType("application/json").body(order);
    }

    @Test
    void shouldNotConvertPricesThatAreInTheRightCurrency() {
        process(order(TWO_PHONES).replace("EUR", "USD")).statusCode(200).body(containsString("\"total\":1399.98"));
        Upstreams.currency.verify(0, getRequestedFor(anyUrl()));
    }

    @Test
    void shouldKeepTwoLinesOfOneProductAndRequestItOnce() {
        var id = process(order("[{\"product_id\":2,\"quantity\":1},{\"product_id\":2,\"quantity\":3}]")).statusCode(200).extract()
                .<String>path("order_id");
        given().get("/order/" + id).then().body("products.quantity", equalTo(List.of(1, 3)));
        Upstreams.catalog.verify(1, getRequestedFor(urlEqualTo("/product/2")));
    }

    @Test
    void shouldKeepOneTraceAcrossItsCalls() {
        var trace = "0af7651916cd43dd8448eb211c80319c";
        given().header("traceparent", "00-" + trace + "-b7ad6b7169203331-01").contentType("application/json").body(order(TWO_PHONES))
                .post("/process")
                .then().statusCode(200);
        Upstreams.catalog.verify(getRequestedFor(urlEqualTo("/product/1")).withHeader("traceparent", matching("00-" + trace + "-.*")));
        Upstreams.currency.verify(getRequestedFor(anyUrl()).withHeader("traceparent", matching("00-" + trace + "-.*")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"user_id", "user_currency", "address", "email", "items"})
    void shouldNameAMissingField(String field) {
        refused(order(TWO_PHONES).replace("\"" + field + "\"", "\"other\""), "Missing required field: " + field);
        refused(order(TWO_PHONES).replaceFirst("\"" + field + "\":(\"[^\"]*\"|\\{[^}]*}|\\[.*])", "\"" + field + "\":null"),
                "Missing required field: " + field);
    }

    @Test
    void shouldCheckTheFieldsInTheDocumentedOrder() {
        refused("{}", "Missing required field: user_id");
        refused("{\"user_id\":\"u\"}", "Missing required field: user_currency");
        refused("{\"user_id\":\"u\",\"user_currency\":\"EUR\"}", "Missing required field: address");
        refused("{\"items\":\"no list\"}", "Missing required field: user_id");
    }

    @Test
    void shouldRefuseAMissingOrWrongBody() {
        given().contentType("application/json").post("/process").then().statusCode(400).body("error", equalTo("No checkout data provided"));
        refused("null", "No checkout data provided");
        refused("[]", "The checkout data must be a JSON object");
        refused("\"text\"", "The checkout data must be a JSON object");
        process("{\"user_id\":").statusCode(400).body("error", startsWith("The body is not the JSON"));
        given().contentType("text/plain").body(order(TWO_PHONES)).post("/process").then().statusCode(415).body("error",
                equalTo("The body must be application/json"));
        process(order(TWO_PHONES).replace("Bern", "B".repeat(256 * 1024))).statusCode(413).body("error",
                equalTo("The body is larger than 256 KiB"));
        given().get("/process").then().statusCode(405).body("error", equalTo("This method is not allowed here"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "[{}]", "[null]", "[1]", "[[]]", "[{\"product_id\":1}]", "[{\"quantity\":1}]", "[{\"product_id\":1.5,\"quantity\":1}]",
            "[{\"product_id\":1.0,\"quantity\":1}]",
            "[{\"product_id\":1e0,\"quantity\":1}]", "[{\"product_id\":\"1\",\"quantity\":1}]", "[{\"product_id\":1,\"quantity\":\"1\"}]",
            "[{\"product_id\":1,\"quantity\":true}]",
            "[{\"product_id\":1,\"quantity\":null}]", "[{\"product_id\":1,\"quantity\":1},{\"product_id\":1,\"quantity\":1.5}]"})
    void shouldRefuseAnItemOfTheWrongFormat(String items) {
        refused(order(items), "Invalid item format");
    }

    @ParameterizedTest
    @CsvSource({"0,1,Invalid product ID", "-1,1,Invalid product ID", "2147483648,1,Invalid product ID",
            "123456789012345678901234567890,1,Invalid product ID",
            "1,0,The quantity of an item must be from 1 to 1000", "1,-5,The quantity of an item must be from 1 to 1000",
            "1,1001,The quantity of an item must be from 1 to 1000",
            "1,99999999999999999999,The quantity of an item must be from 1 to 1000"})
    void shouldRefuseNumbersOutOfBounds(String productId, String quantity, String sentence) {
        refused(order("[{\"product_id\":%s,\"quantity\":%s}]".formatted(productId, quantity)), sentence);
    }

    @Test
    void shouldBoundTheItems() {
        refused(order("[]"), "There are no items in the order");
        refused(order("{}"), "items must be a list");
        refused(order(items(101)), "There are more than 100 items in the order");
        process(order(items(100))).statusCode(200);
    }

    @Test
    void shouldRefuseFieldsOfTheWrongType() {
        refused(order(TWO_PHONES).replace("\"user-1\"", "1"), "user_id must be a text of 1 to 256 characters");
        refused(order(TWO_PHONES).replace("user-1", " "), "user_id must be a text of 1 to 256 characters");
        refused(order(TWO_PHONES).replace("user-1", "u".repeat(257)), "user_id must be a text of 1 to 256 characters");
        refused(order(TWO_PHONES).replace("{\"city\":\"Bern\"}", "\"Bern\""), "address must be a JSON object");
        refused(order(TWO_PHONES).replace("\"Bern\"", "3000"), "address.city must be a text of at most 256 characters");
        refused(order(TWO_PHONES).replace("a@example.com", "nobody"), "email must be an e-mail address");
        refused(order(TWO_PHONES).replace("\"EUR\"", "7"), "user_currency must be a text of 1 to 256 characters");
        refused(order(TWO_PHONES).replace("EUR", "eur"), "user_currency must be a code of three capital letters");
        refused(order(TWO_PHONES).replace("{\"user_id", "{\"reservations\":[1],\"user_id"),
                "reservations must be a list of at most 100 reservation ids");
        process(order(TWO_PHONES).replace("{\"user_id", "{\"reservations\":[\"RES-1\"],\"user_id")).statusCode(200);
        process(order(TWO_PHONES).replace("{\"city\":\"Bern\"}", "{}")).statusCode(200);
    }

    @Test
    void shouldRefuseUnknownProductsCurrenciesAndOrders() {
        process(order("[{\"product_id\":99,\"quantity\":1}]")).statusCode(404).body("error", equalTo("Product not found"));
        refused(order(TWO_PHONES).replace("EUR", "XXX"), "Currency XXX not supported");
        given().get("/order/none").then().statusCode(404).body("error", equalTo("Order not found"));
    }

    @Test
    void shouldNameTheServiceThatFails() {
        fails(Upstreams.catalog, 503, 502, "product-catalog failed with status 503");
        fails(Upstreams.currency, 500, 502, "currency failed with status 500");
    }

    @Test
    void shouldNameTheServiceThatIsTooSlow() {
        Upstreams.currency.stubFor(get(anyUrl()).willReturn(aResponse().withFixedDelay(60_000)));
        process(order(TWO_PHONES)).statusCode(504).body("error", equalTo("currency did not answer in time"));
    }

    /** Each upstream answers within its time-out of six seconds, but both together take longer than the caller waits. */
    @Test
    void shouldNotPlaceAnOrderAfterTheCallerHasTimedOut() {
        Upstreams.catalog.stubFor(get(urlEqualTo("/product/1")).willReturn(
                okJson("{\"id\":1,\"name\":\"Phone\",\"price\":699.99,\"currency\":\"USD\"}").withFixedDelay(3_200)));
        Upstreams.currency.stubFor(get(anyUrl()).willReturn(okJson("{\"rate\":0.85}").withFixedDelay(3_200)));
        process(order(TWO_PHONES)).statusCode(504).body("error", equalTo("currency did not answer in time"));
    }

    @Test
    void shouldNameTheServiceThatIsUnreachable() {
        Upstreams.catalog.stubFor(get(anyUrl()).willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
        process(order(TWO_PHONES)).statusCode(502).body("error", equalTo("product-catalog is unreachable"));
    }

    @Test
    void shouldNotPriceAnOrderWithAnUnreadableAnswer() {
        Upstreams.currency.stubFor(get(anyUrl()).willReturn(okJson("{\"from\":\"USD\"}")));
        process(order(TWO_PHONES)).statusCode(502).body("error", equalTo("currency gave an answer that cannot be read"));
        Upstreams.areWell();
        Upstreams.catalog.stubFor(get(anyUrl()).willReturn(okJson("{\"id\":1}")));
        process(order(TWO_PHONES)).statusCode(502).body("error", equalTo("product-catalog gave an answer that cannot be read"));
    }

    private static void fails(WireMockServer upstream, int upstreamStatus, int status, String sentence) {
        Upstreams.areWell();
        upstream.stubFor(get(anyUrl()).willReturn(aResponse().withStatus(upstreamStatus)));
        process(order(TWO_PHONES)).statusCode(status).header("Retry-After", "1").body("error", equalTo(sentence));
    }

    private static void refused(String body, String sentence) {
        process(body).statusCode(400).body("error", equalTo(sentence));
    }

    private static ValidatableResponse process(String body) {
        return given().contentType("application/json").body(body).post("/process").then();
    }

    private static String order(String items) {
        return "{\"user_id\":\"user-1\",\"user_currency\":\"EUR\",\"address\":{\"city\":\"Bern\"},\"email\":\"a@example.com\",\"items\":%s}"
                .formatted(items);
    }

    private static String items(int count) {
        return IntStream.range(0, count).mapToObj(i -> "{\"product_id\":%d,\"quantity\":1}".formatted(1 + i % 5))
                .collect(Collectors.joining(",", "[", "]"));
    }
}
