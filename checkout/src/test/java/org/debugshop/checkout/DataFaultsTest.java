package org.debugshop.checkout;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.core.Vertx;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.data.DatabaseChange;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uses a real PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(Upstreams.class)
@QuarkusTestResource(value = PostgresWithPassword.class, restrictToAnnotatedClass = true)
class DataFaultsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SLOW = "select count(*) from pg_trigger where tgname = 'journal'";
    private static final String INDEXES = "select count(*) from pg_indexes where indexname = 'orders_of_user'";
    private static final String ARCHIVE = "select count(*) from pg_class where relname = 'orders_archive'";
    private static final String COLUMNS = "select count(*) from pg_attribute where attname = 'document' and attrelid = 'receipt'::regclass";

    @Inject
    Controls controls;
    @Inject
    Engines engines;
    @Inject
    Vertx vertx;

    @BeforeEach
    void isReady() {
        Upstreams.areWell();
        await().atMost(PATIENCE).untilAsserted(() -> given().get("/health/ready").then().statusCode(200));
        await().atMost(PATIENCE).untilAsserted(() -> order("USD").statusCode(200));
    }

    @AfterEach
    void heal() {
        controls.apply(Map.of());
        await("orders are taken again").atMost(PATIENCE).untilAsserted(() -> order("USD").statusCode(200));
    }

    @Test
    void shouldSendRequestsForRatesToAWrongPort() {
        order("EUR").statusCode(200);
        Upstreams.currency.resetRequests();

        controls.apply(Map.of("wrong-address", 1d));

        order("EUR").statusCode(502).header("Retry-After", "1").body("error", equalTo("currency is unreachable"));
        order("USD").statusCode(200);
        Upstreams.currency.verify(0, getRequestedFor(anyUrl()));
        controls.apply(Map.of());
        order("EUR").statusCode(200);
    }

    @Test
    void shouldRequestEachMemberOfEachPiece() {
        var once = order("EUR").statusCode(200).extract().path("total").toString();
        Upstreams.catalog.resetRequests();
        order("EUR");
        assertThat(requests()).isEqualTo(2);
        Upstreams.catalog.resetRequests();

        controls.apply(Map.of("n-plus-one", 1d));

        order("EUR").statusCode(200).body("total.toString()", equalTo(once));
        assertThat(requests()).as("three for each of four pieces").isEqualTo(12);
        order("EUR", 99).statusCode(404).body("error", equalTo("Product not found"));
        controls.apply(Map.of());
        Upstreams.catalog.resetRequests();
        order("EUR");
        assertThat(requests()).isEqualTo(2);
    }

    @Test
    void shouldSlowDownEachOrderByATrigger() {
        controls.apply(Map.of("slow-database", 300d));
        await().atMost(PATIENCE).until(() -> number(SLOW) == 1);
        order("USD").statusCode(200);
        assertThat(millisecondsOfAnOrder()).isGreaterThanOrEqualTo(300);

        controls.apply(Map.of("slow-database", 600d));
        await().atMost(PATIENCE).until(() -> millisecondsOfAnOrder() >= 600);

        controls.apply(Map.of());
        await().atMost(PATIENCE).until(() -> number(SLOW) == 0);
        assertThat(number("select count(*) from pg_proc where proname = 'journal_order'")).isZero();
    }

    @Test
    void shouldReadAllOrdersForTheListOfAUser() {
        var before = number("select count(*) from orders");
        var id = order("USD").extract().<String>path("order_id");
        assertThat(plan()).contains("orders_of_user");

        controls.apply(Map.of("dropped-index", 5_000d));
        await().atMost(PATIENCE).until(() -> number(INDEXES) == 0);

        assertThat(plan()).contains("Seq Scan on orders_archive").doesNotContain("orders_of_user");
        assertThat(number("select count(*) from orders")).isEqualTo(before + 5_001);
        given().get("/order/" + id).then().statusCode(200);
        given().get("/orders?user_id=user-1").then().statusCode(200).body("orders[0].order_id", equalTo(id));
        order("USD").statusCode(200);
        assertThat(lines("explain select * from orders where id = '" + id + "' or idempotency_key = 'key'"))
                .as("all else still has an index").noneMatch(line -> line.contains("Seq Scan on orders_archive"));

        controls.apply(Map.of());
        await().atMost(PATIENCE).until(() -> number(ARCHIVE) == 0 && number(INDEXES) == 1);
        assertThat(number("select count(*) from orders")).isEqualTo(before + 2);
        assertThat(plan()).contains("orders_of_user");
    }

    @Test
    void shouldRenameAColumnThatOnlyReceiptsNeed() {
        var id = order("USD").extract().<String>path("order_id");
        var document = new OrderStore.Document("receipt", new Order.Receipt("0", 7));
        var orders = engines.database().map(database -> new PostgresOrders(database, null, () -> {}, () -> false)).orElseThrow();
        orders.write(id, document).await().atMost(PATIENCE);
        given().get("/order/" + id + "/receipt").then().statusCode(200).body(equalTo("receipt"));

        controls.apply(Map.of("missing-column", 1d));
        await().atMost(PATIENCE).until(() -> number(COLUMNS) == 0);

        given().get("/order/" + id + "/receipt").then().statusCode(503);
        assertThatThrownBy(() -> orders.write(id, document).await().atMost(PATIENCE)).as("is tried again by the consumer")
                .isInstanceOf(HttpError.class);
        given().get("/order/" + id).then().statusCode(200);
        order("USD").statusCode(200);

        controls.apply(Map.of());
        await().atMost(PATIENCE).untilAsserted(
                () -> given().get("/order/" + id + "/receipt").then().statusCode(200).body(equalTo("receipt")));
    }

    /** A process that is killed leaves its changes. */
    @Test
    void shouldRepairWhatAProcessBeforeHasLeft() {
        var database = engines.database();
        for (var change : List.of(Changes.slowTrigger(1), Changes.noIndex(10), Changes.renamedColumn())) {
            for (var twice = 0; twice < 2; twice++) {
                new DatabaseChange(database, _ -> change, "").begin(1).await().atMost(PATIENCE);
            }
        }
        assertThat(number(SLOW) + number(ARCHIVE)).isEqualTo(2);
        assertThat(number(INDEXES) + number(COLUMNS)).isZero();

        for (var repair : List.of(Changes.NO_TRIGGER, Changes.INDEX, Changes.COLUMN)) {
            for (var twice = 0; twice < 2; twice++) {
                new DatabaseChange(database, _ -> "", repair).end().await().atMost(PATIENCE);
            }
        }

        assertThat(number(SLOW) + number(ARCHIVE)).isZero();
        assertThat(number(INDEXES) + number(COLUMNS)).isEqualTo(2);
    }

    @Test
    void shouldRepairTheColumnBeforeMigrations() {
        new DatabaseChange(engines.database(), _ -> Changes.renamedColumn(), "").begin(1).await().atMost(PATIENCE);
        assertThat(number(COLUMNS)).isZero();

        var restarted = new Database(vertx, Database.Settings.ofEnvironment().orElseThrow());
        try {
            restarted.whenPrepared().await().atMost(PATIENCE);
            assertThat(number(COLUMNS)).isEqualTo(1);
        } finally {
            restarted.close();
        }
    }

    @Test
    void shouldRefuseWhatNeedsANewConnectionWhileThePasswordIsOld() {
        controls.apply(Map.of("credentials-rotated", 1d));

        await().atMost(PATIENCE).untilAsserted(() -> order("USD").statusCode(503).header("Retry-After", "1")
                .body("error", containsString("database is not available")));
        await("none is left").atMost(PATIENCE).until(() -> number("select count(*) from pg_stat_activity where usename = 'shop'") == 0);
        order("USD").statusCode(503);

        controls.apply(Map.of());
        order("USD").statusCode(200);
    }

    private static ValidatableResponse order(String currency) {
        return order(currency, 2);
    }

    private static ValidatableResponse order(String currency, int other) {
        return given().contentType("application/json").body("""
                {"user_id":"user-1","user_currency":"%s","address":{},"email":"a@example.com",
                "items":[{"product_id":1,"quantity":3},{"product_id":%d,"quantity":1}]}""".formatted(currency, other))
                .header("Idempotency-Key", "key-" + System.nanoTime()).post("/process").then();
    }

    private static long millisecondsOfAnOrder() {
        var start = System.nanoTime();
        order("USD").statusCode(200);
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    private static int requests() {
        return Upstreams.catalog.findAll(WireMock.getRequestedFor(anyUrl())).size();
    }

    /** Explains the query of a user's orders, without sequential scans of small tables. */
    private static String plan() {
        return String.join("\n", lines("set enable_seqscan = off", "set enable_sort = off", """
                explain select * from orders where user_id = 'user-1' and (placed_at, id) < ('infinity', gen_random_uuid())
                order by placed_at desc, id desc limit 21"""));
    }

    private static long number(String query) {
        return Long.parseLong(lines(query).getFirst());
    }

    /** Executes statements, and returns the rows of the last. */
    private static List<String> lines(String... statements) {
        try (var connection = PostgresWithPassword.connect("orders"); var statement = connection.createStatement()) {
            var lines = new ArrayList<String>();
            for (var sql : statements) {
                if (statement.execute(sql)) {
                    for (var rows = statement.getResultSet(); rows.next();) {
                        lines.add(rows.getString(1));
                    }
                }
            }
            return lines;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
