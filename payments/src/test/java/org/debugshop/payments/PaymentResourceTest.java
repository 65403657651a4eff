package org.debugshop.payments;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Postgres.class)
@QuarkusTestResource(Checkout.class)
class PaymentResourceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** The size of the pool. */
    private static final int CONNECTIONS = 8;

    @Inject
    Database database;
    @Inject
    ObjectMapper json;
    @Inject
    MeterRegistry registry;

    @BeforeEach
    void isReady() {
        Checkout.isEmpty();
        await().atMost(PATIENCE).untilAsserted(() -> given().get("/health/ready").then().statusCode(200));
    }

    @Test
    void shouldReturnItsStatus() {
        given().get("/").then().statusCode(200).body("service", equalTo("Payments Service")).body("status", equalTo("UP"));
    }

    @Test
    void shouldMeasureThePoolOfConnectionsAndReportItsExhaustion() {
        var held = new ArrayList<CompletableFuture<Void>>();
        var release = new CompletableFuture<Void>();
        var before = metric("db_client_connection_timeouts_total");
        try {
            for (var i = 0; i < CONNECTIONS; i++) {
                var got = new CompletableFuture<Void>();
                held.add(got);
                database.inTransaction(Duration.ofMinutes(1), _ -> {
                    got.complete(null);
                    return Uni.createFrom().completionStage(release);
                }).subscribe().with(_ -> {}, _ -> {});
            }
            CompletableFuture.allOf(held.toArray(CompletableFuture[]::new)).orTimeout(60, TimeUnit.SECONDS).join();

            assertThat(metric("db_client_connection_max")).isEqualTo(CONNECTIONS);
            assertThat(connections("used")).isEqualTo(CONNECTIONS);
            assertThat(connections("idle")).isZero();
            var waiting = database.with(sql -> sql.query("select 1").execute()).subscribeAsCompletionStage();
            await("the request that waits").atMost(PATIENCE)
                    .until(() -> metric("db_client_connection_pending_requests") >= 1 || waiting.isDone());
            assertThatThrownBy(() -> waiting.orTimeout(60, TimeUnit.SECONDS).join()).hasCauseInstanceOf(HttpError.class);
            assertThat(metric("db_client_connection_timeouts_total")).isGreaterThan(before);
        } finally {
            release.complete(null);
        }
        await("free connections").atMost(PATIENCE).until(() -> connections("used") == 0 && connections("idle") > 0);
        assertThat(metric("db_client_connection_wait_time_seconds_count")).isPositive();
        assertThat(metric("db_client_connection_use_time_seconds_count")).isPositive();
        assertThat(given().get("/metrics").asString()).doesNotContain("sql_pool_");
    }

    @Test
    void shouldRevealAnOrderThatWasPaidTwice() {
        var order = Checkout.has("3.50");
        pay(body(order, "3.5", null)).statusCode(200);
        await("none").atMost(PATIENCE).until(() -> gauge("shop_orders_paid_twice") == 0);
        change("alter table payment drop constraint payment_order_id_key");
        try {
            change("insert into payment select gen_random_uuid(), order_id, user_id, amount, currency, paid_at from payment where order_id = '"
                    + order + "'");
            await("the order").atMost(PATIENCE).until(() -> gauge("shop_orders_paid_twice") == 1);
        } finally {
            change("delete from payment where order_id = '" + order + "'");
            change("alter table payment add constraint payment_order_id_key unique (order_id)");
        }
    }

    private void change(String statement) {
        database.with(sql -> sql.query(statement).execute()).await().atMost(PATIENCE);
    }

    private static double gauge(String name) {
        return given().get("/metrics").asString().lines().filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).findFirst().orElseThrow();
    }

    @Test
    void shouldConnectToTheDatabaseByItsOwnName() {
        assertThat(texts("select application_name from pg_stat_activity where pid = pg_backend_pid() and $1 is not null",
                UUID.randomUUID().toString())).containsExactly("payments");
    }

    private static double connections(String state) {
        return metric("db_client_connection_count", "db_client_connection_state=\"" + state + "\"");
    }

    /** Returns the value of a metric of the pool, from the service's own page. */
    private static double metric(String name, String... labels) {
        return given().get("/metrics").asString().lines()
                .filter(line -> line.startsWith(name + "{") && line.contains("db_client_connection_pool_name=\"postgres\"")
                        && Stream.of(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).findFirst().orElseThrow();
    }

    @Test
    void shouldPayForAnOrderAndStoreNothingOfTheCard() {
        var order = Checkout.has("1189.90");

        var id = pay(body(order, "1189.9", "tok_4711")).statusCode(200).header("Idempotent-Replayed", nullValue())
                .body("id", matchesPattern("[0-9a-f-]{36}")).body("user_id", equalTo("user-1")).body("order_id", equalTo(order))
                .body(containsString("\"amount\":1189.90")).body("currency", equalTo("EUR")).body("status", equalTo("paid"))
                .extract().<String>path("id");

        var paid = as("user-1").get("/payments/" + id).then().statusCode(200).extract().asString();
        assertThat(paid).contains("\"amount\":1189.90", order, "\"status\":\"paid\"");
        assertThat(texts("select p::text from payment p where order_id = $1 union all select e::text from outbox e where order_id = $1",
                order)).hasSize(2).noneMatch(row -> row.contains("tok_"));
    }

    @Test
    void shouldAnnounceAPaymentWithinTheTraceOfTheRequest() throws JsonProcessingException {
        var order = Checkout.has("1.50");
        var trace = "0af7651916cd43dd8448eb211c80319c";

        var id = as("user-1").header("traceparent", "00-" + trace + "-b7ad6b7169203331-01").body(body(order, "1.5", null))
                .post("/payments").then().statusCode(200).extract().<String>path("id");

        var event = json.readTree(texts("select event from outbox where order_id = $1", order).getFirst());
        assertThat(event.fieldNames()).toIterable().containsExactlyInAnyOrder("version", "event_id", "type", "payment_id", "order_id",
                "user_id", "time", "amount", "currency");
        assertThat(event.path("version").intValue()).isEqualTo(1);
        assertThat(event.path("type").textValue()).isEqualTo("payment-completed");
        assertThat(event.path("payment_id").textValue()).isEqualTo(id);
        assertThat(event.path("order_id").textValue()).isEqualTo(order);
        assertThat(event.path("user_id").textValue()).isEqualTo("user-1");
        assertThat(event.path("amount").decimalValue()).hasToString("1.50");
        assertThat(event.path("currency").textValue()).isEqualTo("EUR");
        assertThat(Instant.parse(event.path("time").textValue())).isBeforeOrEqualTo(Instant.now());
        assertThat(texts("select context from outbox where order_id = $1", order).getFirst()).contains("00-" + trace);
        Checkout.server.verify(getRequestedFor(urlEqualTo("/order/" + order)).withHeader("traceparent", matching("00-" + trace + "-.*")));
    }

    @Test
    void shouldRefuseAnotherAmount() {
        var order = Checkout.has("1.50");
        for (var wrong : List.of("1.51", "1.49", "150", "1.500000000000000000001")) {
            pay(body(order, wrong, null)).statusCode(400).body("error", equalTo("Amount does not match the order"));
        }
        assertThat(payments(order)).isZero();
        assertThat(counted("wrong_amount")).isPositive();
    }

    @Test
    void shouldStoreNothingWhenTheCardIsDeclined() {
        var order = Checkout.has("1.50");
        var before = counted("declined");

        as("user-1").header("Idempotency-Key", "declined").body(body(order, "1.50", "tok_declined")).post("/payments").then()
                .statusCode(402).body("error", equalTo("Card declined"));

        assertThat(counted("declined")).isEqualTo(before + 1);
        assertThat(payments(order)).isZero();
        assertThat(texts("select event from outbox where order_id = $1", order)).isEmpty();
        as("user-1").header("Idempotency-Key", "declined").body(body(order, "1.50", "tok_other")).post("/payments").then()
                .statusCode(200).header("Idempotent-Replayed", nullValue());
    }

    @Test
    void shouldNotFindOrdersThatAreNotThereOrBelongToAnother() {
        var order = Checkout.has("1.50");
        for (var unknown : List.of(UUID.randomUUID().toString(), "no id", "../orders?user_id=user-1", order.toUpperCase())) {
            pay(body(unknown, "1.50", null)).statusCode(404).body("error", equalTo("Order not found"));
        }
        as("user-2").body(body(order, "1.50", null)).post("/payments").then().statusCode(404).body("error", equalTo("Order not found"));
        assertThat(payments(order)).isZero();
    }

    @Test
    void shouldShowAPaymentOnlyToItsUser() {
        var id = pay(body(Checkout.has("1.50"), "1.50", null)).statusCode(200).extract().<String>path("id");

        as("user-1").get("/payments/" + id).then().statusCode(200).body("id", equalTo(id));
        as("user-2").get("/payments/" + id).then().statusCode(404).body("error", equalTo("Payment not found"));
        as("user-1").get("/payments/" + UUID.randomUUID()).then().statusCode(404).body("error", equalTo("Payment not found"));
        as("user-1").get("/payments/none").then().statusCode(404).body("error", equalTo("Payment not found"));
    }

    @Test
    void shouldRefuseASecondPayment() {
        var order = Checkout.has("1.50");
        pay(body(order, "1.50", null)).statusCode(200);
        var before = counted("already_paid");

        pay(body(order, "1.50", null)).statusCode(409).body("error", equalTo("Order is already paid"));
        as("user-1").header("Idempotency-Key", "second").body(body(order, "1.50", null)).post("/payments").then().statusCode(409);

        assertThat(counted("already_paid")).isEqualTo(before + 2);
        assertThat(payments(order)).isEqualTo(1);
        var elsewhere = UUID.randomUUID().toString();
        Checkout.marks(elsewhere, "1.50", "paid");
        pay(body(elsewhere, "1.50", null)).statusCode(409).body("error", equalTo("Order is already paid"));
        assertThat(payments(elsewhere)).isZero();
    }

    @Test
    void shouldChargeOneOfManyConcurrentRequests() throws Exception {
        var order = Checkout.has("1.50");

        var answers = atOnce(IntStream.range(0, 20).<Callable<Integer>>mapToObj(_ -> () -> pay(body(order, "1.50", null)).extract()
                .statusCode()).toList());

        assertThat(answers).containsOnlyOnce(200).containsOnly(200, 409);
        assertThat(payments(order)).isEqualTo(1);
        assertThat(texts("select event from outbox where order_id = $1", order)).hasSize(1);
    }

    @Test
    void shouldAnswerConcurrentRequestsWithOneKeyByOnePayment() throws Exception {
        var order = Checkout.has("1.50");

        var answers = atOnce(IntStream.range(0, 20).<Callable<String>>mapToObj(_ -> () -> as("user-1").header("Idempotency-Key", "race")
                .body(body(order, "1.50", null)).post("/payments").then().statusCode(200).extract().asString()).toList());

        assertThat(answers).containsOnly(answers.getFirst());
        assertThat(payments(order)).isEqualTo(1);
    }

    /** The first answer may have been lost, because the service was killed after the payment was stored. */
    @Test
    void shouldRepeatTheFirstAnswerEvenIfCheckoutIsAway() {
        var order = Checkout.has("1.50");
        var first = keyed("a-key", body(order, "1.50", "tok_1")).statusCode(200).header("Idempotent-Replayed", nullValue()).extract()
                .asString();
        Checkout.server.stubFor(get(anyUrl()).willReturn(aResponse().withStatus(500)));

        keyed("a-key", body(order, "1.5", "tok_2")).statusCode(200).header("Idempotent-Replayed", "true").body(equalTo(first));
        keyed("a-key", body(order, "1.51", null)).statusCode(422).body("error",
                equalTo("This Idempotency-Key was used for another payment"));
        keyed("a-key", body(UUID.randomUUID().toString(), "1.50", null)).statusCode(422);
        assertThat(payments(order)).isEqualTo(1);
    }

    @Test
    void shouldKeepTheKeysOfUsersApart() {
        keyed("shared", body(Checkout.has("1.50"), "1.50", null)).statusCode(200);
        var order = UUID.randomUUID().toString();
        Checkout.server.stubFor(get(urlEqualTo("/order/" + order)).willReturn(okJson(
                "{\"user_id\":\"user-2\",\"user_currency\":\"USD\",\"total\":2.00,\"payment_status\":\"unpaid\"}")));

        as("user-2").header("Idempotency-Key", "shared").body(body(order, "2", null)).post("/payments").then().statusCode(200)
                .header("Idempotent-Replayed", nullValue()).body("order_id", equalTo(order));
    }

    static List<Arguments> failures() {
        return List.of(Arguments.of(aResponse().withStatus(500), 502, "checkout failed with status 500"),
                Arguments.of(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER), 502, "checkout is unreachable"),
                Arguments.of(okJson("{\"user_id\":\"user-1\"}"), 502, "checkout gave an answer that cannot be read"),
                Arguments.of(okJson("{}").withFixedDelay(60_000), 504, "checkout did not answer in time"),
                Arguments.of(aResponse().withStatus(503).withHeader("Retry-After", "1").withHeader("Content-Type", "application/json")
                        .withBody("{\"error\":\"The database is not available at the moment\"}"), 503,
                        "The database is not available at the moment"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldChargeNothingWithoutCheckout(ResponseDefinitionBuilder failure, int status, String sentence) {
        var order = Checkout.has("1.50");
        Checkout.server.stubFor(get(anyUrl()).willReturn(failure));

        pay(body(order, "1.50", null)).statusCode(status).header("Retry-After", "1").body("error", equalTo(sentence));

        assertThat(payments(order)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1.50\"", "true", "[]", "{}", "0", "-1.50", "1e15", "1e999999999", "-1e999999999", "0.00"})
    void shouldRefuseAnAmountThatIsNoneOrOutOfBounds(String amount) {
        pay(body(Checkout.has("1.50"), amount, null)).statusCode(400)
                .body("error", equalTo("amount must be a number above 0 with at most 15 digits before the point"));
    }

    @Test
    void shouldNameTheFieldThatIsMissingOrWrong() {
        as("user-1").post("/payments").then().statusCode(400).body("error", equalTo("No payment data provided"));
        refused("null", "No payment data provided");
        refused("[]", "The payment data must be a JSON object");
        refused("{}", "Missing required field: order_id");
        refused("{\"order_id\":\"1\"}", "Missing required field: amount");
        refused("{\"order_id\":1,\"amount\":1}", "order_id must be a text of 1 to 256 characters");
        refused("{\"order_id\":\"1\",\"amount\":1,\"card\":4711}", "card must be a text of 1 to 256 characters");
        refused("{\"order_id\":\"1\",\"amount\":1,\"card\":\"%s\"}".formatted("x".repeat(257)),
                "card must be a text of 1 to 256 characters");
        refused("{\"order_id\":\"a\\u0000\",\"amount\":1}", "order_id must not contain U+0000 or half a surrogate pair");
        refused("{\"order_id\":", "The body is not the JSON that is expected here");
    }

    @Test
    void shouldRefuseARequestWithoutOneUserOrOneKey() {
        var body = body(Checkout.has("1.50"), "1.50", null);
        for (var request : List.of(given(), given().header("X-User-Id", "u".repeat(257)),
                given().header("X-User-Id", "user-1").header("X-User-Id", "user-2"))) {
            request.contentType("application/json").body(body).post("/payments").then().statusCode(400)
                    .body("error", equalTo("X-User-Id must be one user, of 1 to 256 characters"));
        }
        given().get("/payments/" + UUID.randomUUID()).then().statusCode(400);
        keyed("a key", body).statusCode(400).body("error", equalTo("Invalid Idempotency-Key"));
    }

    private static <T> List<T> atOnce(List<Callable<T>> requests) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<T>();
            for (Future<T> answer : threads.invokeAll(requests)) {
                answers.add(answer.get());
            }
            return answers;
        }
    }

    private static void refused(String body, String sentence) {
        pay(body).statusCode(400).body("error", equalTo(sentence));
    }

    private static ValidatableResponse pay(String body) {
        return as("user-1").body(body).post("/payments").then();
    }

    private static ValidatableResponse keyed(String key, String body) {
        return as("user-1").header("Idempotency-Key", key).body(body).post("/payments").then();
    }

    private static RequestSpecification as(String user) {
        return given().header("X-User-Id", user).contentType("application/json");
    }

    /** @param card null for none */
    private static String body(String order, String amount, String card) {
        return "{\"order_id\":\"%s\",\"amount\":%s%s}".formatted(order, amount, card == null ? "" : ",\"card\":\"" + card + "\"");
    }

    private double counted(String outcome) {
        return registry.get("shop.payments").tag("outcome", outcome).counter().count();
    }

    private int payments(String order) {
        return texts("select id::text from payment where order_id = $1", order).size();
    }

    private List<String> texts(String query, String order) {
        var texts = new ArrayList<String>();
        database.with(sql -> sql.preparedQuery(query).execute(Tuple.of(UUID.fromString(order)))).await().atMost(PATIENCE)
                .forEach(row -> texts.add(row.getString(0)));
        return texts;
    }
}
