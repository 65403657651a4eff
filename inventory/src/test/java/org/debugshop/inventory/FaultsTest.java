package org.debugshop.inventory;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uses a real PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(Postgres.class)
class FaultsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String REPORTS = "select count(*) from pg_stat_activity where application_name = 'stock-report'";

    @Inject
    Controls controls;
    @Inject
    Database database;
    @Inject
    Warehouse warehouse;
    @Inject
    MeterRegistry registry;

    @BeforeEach
    void isReady() {
        awaitStock();
    }

    @AfterEach
    void heal() {
        controls.apply(Map.of());
        awaitStock();
        get(warehouse.release(new ProductQuantities(new TreeMap<>(Map.of(1, 1000, 2, 1000)))));
    }

    @Test
    void shouldHoldALockOnTheStockInASessionOfAReport() {
        controls.apply(Map.of("table-locked", 1d));

        await().atMost(PATIENCE).until(() -> status() == 503);
        assertThat(number(REPORTS + " and state = 'idle in transaction'")).isEqualTo(1);
        given().contentType("application/json").body("{\"product_id\":\"1\",\"quantity\":1}").post("/inventory/reserve").then()
                .statusCode(503);

        var ofAnotherInstance = new StockReport(database);
        get(ofAnotherInstance.begin(1));
        await("one report is enough").atMost(PATIENCE).until(() -> number(REPORTS) == 1);
        get(ofAnotherInstance.end());
        assertThat(status()).isEqualTo(503);

        controls.apply(Map.of());
        await().atMost(PATIENCE).until(() -> number(REPORTS) == 0);
        awaitStock();
    }

    @Test
    void shouldLeakConnectionsUntilThePoolHasNone() {
        controls.apply(Map.of("pool-exhausted", 1d));

        await().atMost(PATIENCE).until(() -> status() == 503);

        controls.apply(Map.of());
        awaitStock();
        assertThat(idle()).as("all are back").isGreaterThanOrEqualTo(7);
    }

    @Test
    void shouldLeakNoConnectionAtFirst() {
        controls.apply(Map.of("pool-exhausted", 0.000_001));

        for (var request = 0; request < 20; request++) {
            assertThat(status()).isEqualTo(200);
        }
    }

    @Test
    void shouldSellPiecesThatWereNotCountedAsReserved() {
        controls.apply(Map.of("lost-update", 100d));

        await("two reservations read the same number").atMost(PATIENCE).ignoreExceptionsInstanceOf(HttpError.class).until(this::oversells);

        controls.apply(Map.of());
        await("two that do not").atMost(PATIENCE).ignoreExceptionsInstanceOf(HttpError.class).until(() -> !oversells());
        assertThat(number("select count(*) from (" + StockCount.DIFFERENT + ") as different")).isZero();
    }

    @Test
    void shouldCountTheReservedPiecesAgainAtTheEnd() {
        controls.apply(Map.of("lost-update", 1d));
        get(database.with(sql -> sql.query("update stock set reserved = reserved + 1 where product_id = 3").execute()));

        controls.apply(Map.of());

        await("the stock is counted").atMost(PATIENCE)
                .until(() -> number("select count(*) from (" + StockCount.DIFFERENT + ") as different") == 0);
    }

    /** Reserves twice at the same time, and sells both. Returns whether not all pieces were counted as reserved. */
    private boolean oversells() {
        var before = oversold();
        get(Uni.join().all(reserve(), reserve()).andFailFast()).forEach(id -> get(
                warehouse.sell(new Warehouse.Sale(UUID.randomUUID(), "event", piece(), List.of(id)))));
        return oversold() > before;
    }

    private double oversold() {
        return registry.get("shop.stock.oversold").counter().count();
    }

    private Uni<String> reserve() {
        return warehouse.reserve(piece(), Optional.empty());
    }

    private static ProductQuantities piece() {
        return new ProductQuantities(new TreeMap<>(Map.of(2, 1)));
    }

    private static void awaitStock() {
        await().atMost(PATIENCE).until(() -> status() == 200);
    }

    private static int status() {
        return given().get("/inventory?product_ids=1,2").statusCode();
    }

    private long idle() {
        return number("select count(*) from pg_stat_activity where application_name = 'inventory'");
    }

    private long number(String query) {
        return get(database.open("test").flatMap(session -> session.query(query).execute().eventually(session::close))).iterator().next()
                .getLong(0);
    }

    private static <T> T get(Uni<T> answer) {
        return answer.await().atMost(PATIENCE);
    }
}
