package org.debugshop.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import io.vertx.pgclient.PgException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Uses a real PostgreSQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WarehouseTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration OVER = Duration.ofSeconds(-1);

    private EmbeddedPostgres postgres;
    private Vertx vertx;
    private Database database;
    private Warehouse warehouse;
    /** Milliseconds; 0 if updates are not lost. */
    private final AtomicInteger thinking = new AtomicInteger();

    @BeforeAll
    void start() throws Exception {
        // A short timeout, so that deadlocks are reported as such and not as slow statements.
        postgres = EmbeddedPostgres.builder().setServerConfig("deadlock_timeout", "10ms").start();
        vertx = Vertx.vertx();
        database = new Database(vertx,
                new Database.Settings("postgresql://localhost:" + postgres.getPort() + "/postgres", "postgres", "postgres"), PATIENCE);
        warehouse = warehouse(LONG, false);
        await("its migration").atMost(PATIENCE).until(warehouse::prepared);
    }

    @AfterAll
    void stop() throws Exception {
        database.close();
        vertx.closeAndAwait();
        postgres.close();
    }

    @BeforeEach
    void everythingIsNew() {
        thinking.set(0);
        get(database.with(sql -> sql.query("""
                truncate sale_item, sale, attempt, reservation_item, reservation;
                update stock set reserved = 0, restocked = 0, sold_earlier = 0, quantity = initial_quantity""").execute()));
    }

    @AfterEach
    void nothingIsLost() {
        assertThat(get(database.with(sql -> sql
                .query("""
                        select product_id from stock where initial_quantity + restocked <>
                        quantity + sold_earlier + coalesce((select sum(quantity - short) from sale_item i where i.product_id = stock.product_id), 0)""")
                .execute())).size()).isZero();
    }

    @Test
    void shouldStartWithTheInitialStock() {
        assertThat(get(warehouse.all())).extracting(Stock::quantity).containsExactly(100, 50, 75, 200, 30);
    }

    @Test
    void shouldReserveAHundredPiecesForExactlyAHundredOfAThousandBuyers() {
        var over = new AtomicBoolean();
        var watching = Multi.createBy().repeating()
                .uni(() -> warehouse.stock(List.of(1)).onFailure(WarehouseTest::isBusy).recoverWithItem(List.of()))
                .until(_ -> over.get()).collect().asList().subscribeAsCompletionStage();

        var reserved = Multi.createFrom().range(0, 1000)
                .onItem().transformToUni(_ -> patiently(warehouse.reserve(items(1, 1), Optional.empty())).map(_ -> true)
                        .onFailure(WarehouseTest::isSoldOut).recoverWithItem(false))
                .merge(50)
                .filter(got -> got).collect().asList().await().atMost(PATIENCE);
        over.set(true);

        assertThat(reserved).hasSize(100);
        assertThat(stock(1)).isEqualTo(new Stock(1, 100, 100));
        assertThat(watching.toCompletableFuture().join()).flatMap(stocks -> stocks)
                .allMatch(stock -> 0 <= stock.reserved() && stock.reserved() <= stock.quantity());
    }

    @Test
    void shouldReserveAllOrNothing() {
        isRefused(409, () -> get(warehouse.reserve(items(4, 1, 5, 31), Optional.of("key"))))
                .hasMessage("Insufficient inventory: of product 5 there are 30 available");
        isRefused(404, () -> get(warehouse.reserve(items(4, 1, 6, 1), Optional.of("key"))));
        assertThat(stock(4).reserved()).isZero();
        assertThat(get(warehouse.reserve(items(4, 1, 5, 30), Optional.of("key")))).startsWith("RES-");
    }

    @Test
    void shouldReturnTheSameReservationForTheSameKey() {
        var ids = Uni.join()
                .all(IntStream.range(0, 20).mapToObj(_ -> patiently(warehouse.reserve(items(1, 2), Optional.of("key")))).toList())
                .andFailFast().await().atMost(PATIENCE);

        assertThat(ids).containsOnly(ids.getFirst());
        assertThat(stock(1).reserved()).isEqualTo(2);
        isRefused(422, () -> get(warehouse.reserve(items(1, 3), Optional.of("key"))));
    }

    @Test
    void shouldNotDeadlockOnProductsInDifferentOrder() {
        var done = Multi.createFrom().range(0, 200)
                .onItem()
                .transformToUni(
                        i -> patiently(warehouse.reserve(i % 2 == 0 ? items(1, 1, 2, 1, 3, 1) : items(3, 1, 2, 1, 1, 1), Optional.empty()))
                                .flatMap(id -> patiently(warehouse.release(id))).replaceWith(1))
                .merge(20)
                .collect().asList().await().atMost(PATIENCE);

        assertThat(done).hasSize(200);
        assertThat(get(warehouse.all())).extracting(Stock::reserved).containsOnly(0);
    }

    @Test
    void shouldReleaseOnceAndFreeTheKey() {
        var id = get(warehouse.reserve(items(1, 2), Optional.of("key")));
        get(warehouse.release(id));
        get(warehouse.release(id));
        assertThat(stock(1).reserved()).isZero();
        assertThat(get(warehouse.reserve(items(1, 3), Optional.of("key")))).isNotEqualTo(id);
        isRefused(404, () -> get(warehouse.release("RES-unknown")));
    }

    @Test
    void shouldNotReleaseWhatAnotherAttemptHolds() {
        var id = attempt(items(1, 2), "key", "first");
        assertThat(attempt(items(1, 2), "key", "second")).isEqualTo(id);

        assertThat(get(warehouse.giveUp("second"))).isEmpty();
        assertThat(stock(1).reserved()).isEqualTo(2);
        isRefused(409, () -> get(warehouse.release(id)));
        get(warehouse.release(items(1, 2)));
        assertThat(stock(1).reserved()).isEqualTo(2);

        assertThat(get(warehouse.giveUp("first"))).contains(id);
        assertThat(get(warehouse.giveUp("first"))).isEmpty();
        assertThat(stock(1).reserved()).isZero();
        assertThat(attempt(items(1, 3), "key", "third")).as("the key is free").isNotEqualTo(id);
    }

    @Test
    void shouldReserveNothingForAnAttemptThatWasGivenUpBefore() {
        get(warehouse.giveUp("late"));

        isRefused(410, () -> attempt(items(1, 2), "key", "late"));

        assertThat(stock(1).reserved()).isZero();
        assertThat(get(warehouse.reserve(items(1, 3), Optional.of("key")))).startsWith("RES-");
    }

    @Test
    void shouldNotReleaseSoldPiecesWhenAnAttemptIsGivenUp() {
        var id = attempt(items(1, 2), "key", "first");
        attempt(items(1, 2), "key", "second");
        get(warehouse.sell(sale(items(1, 2), id)));

        assertThat(get(warehouse.giveUp("second"))).isEmpty();

        assertThat(stock(1)).isEqualTo(new Stock(1, 98, 0));
        assertThat(attempt(items(1, 2), "key", "third")).as("a repeated order still has its reservation").isEqualTo(id);
    }

    @Test
    void shouldRemoveAttemptsWithTheirReservations() {
        var sold = attempt(items(1, 1), "sold", "sold");
        get(warehouse.sell(sale(items(1, 1), sold)));
        var expired = overdue("expired");
        get(warehouse.giveUp("without a reservation"));
        get(database.with(sql -> sql.query("update attempt set created_at = now() - interval '11 minutes'").execute()));

        get(warehouse.expire());
        get(warehouse.expire(List.of(expired)));

        assertThat(get(database.with(sql -> sql.query("select id from attempt").execute())).size()).isZero();
    }

    @Test
    void shouldReleaseAnOverdueReservationOfAnAttemptOnlyIfThereIsNoOrder() {
        var ordered = overdue("ordered");
        var abandoned = overdue("abandoned");

        assertThat(get(warehouse.expire())).isZero();
        assertThat(get(warehouse.overdue())).containsExactlyInAnyOrder(ordered, abandoned);
        get(warehouse.keep(List.of(ordered)));
        get(warehouse.expire(List.of(abandoned)));

        assertThat(get(warehouse.overdue())).isEmpty();
        assertThat(stock(1)).isEqualTo(new Stock(1, 100, 1));
        get(warehouse.sell(sale(items(1, 1), ordered)));
        get(warehouse.keep(List.of(ordered)));
        get(warehouse.expire(List.of(ordered)));
        assertThat(stock(1)).as("it stays sold").isEqualTo(new Stock(1, 99, 0));
    }

    private String overdue(String attempt) {
        return get(warehouse(OVER, false).reserve(items(1, 1), Optional.of(attempt), Optional.of(attempt)));
    }

    @Test
    void shouldReserveAgainIfTheReservationOfTheKeyIsReleasedMeanwhile() {
        var done = Multi.createFrom().range(0, 2000)
                .onItem().transformToUni(_ -> patiently(warehouse.reserve(items(1, 1), Optional.of("key")))
                        .flatMap(id -> patiently(warehouse.release(id))).replaceWith(1))
                .merge(6)
                .collect().asList().await().atMost(PATIENCE);

        assertThat(done).hasSize(2000);
        assertThat(stock(1).reserved()).isZero();
    }

    @Test
    void shouldNotDeadlockWhenPiecesAreReleasedWhileTheyAreSold() {
        var done = Multi.createFrom().range(0, 300)
                .onItem().transformToUni(_ -> Uni.join().all(patiently(warehouse.reserve(items(1, 1, 2, 1), Optional.empty())),
                        patiently(warehouse.reserve(items(2, 1), Optional.empty()))).andFailFast()
                        .flatMap(ids -> Uni.join().all(unlessDeadlocked(warehouse.sell(sale(items(3, 1), ids.toArray(String[]::new)))),
                                unlessDeadlocked(warehouse.release(items(1, 1, 2, 2)).replaceWith(0))).andFailFast())
                        .replaceWith(1))
                .merge(4)
                .collect().asList().await().atMost(PATIENCE);

        assertThat(done).hasSize(300);
        get(warehouse.release(items(1, 1000, 2, 1000)));
        assertThat(get(warehouse.all())).extracting(Stock::reserved).containsOnly(0);
    }

    @Test
    void shouldReleaseNoMoreReservationsThanNeeded() {
        get(warehouse.reserve(items(1, 1, 2, 1), Optional.empty()));
        get(warehouse.reserve(items(2, 1), Optional.empty()));

        get(warehouse.release(items(1, 1, 2, 1)));

        assertThat(stock(2).reserved()).as("the first covers both").isEqualTo(1);
    }

    @Test
    void shouldReleasePiecesThatBelongToNoOrder() {
        var bought = get(warehouse.reserve(items(1, 2), Optional.empty()));
        get(warehouse.sell(sale(items(1, 2), bought)));
        get(warehouse.reserve(items(1, 3), Optional.empty()));
        get(warehouse.release(items(1, 5)));
        assertThat(stock(1)).isEqualTo(new Stock(1, 98, 0));
    }

    @Test
    void shouldExpireReservations() {
        get(warehouse(OVER, false).reserve(items(1, 2, 2, 1), Optional.of("key")));
        get(warehouse.reserve(items(1, 3), Optional.empty()));
        assertThat(get(warehouse.expire())).isEqualTo(1);
        assertThat(get(warehouse.expire())).isZero();
        assertThat(get(warehouse.all())).extracting(Stock::reserved).containsExactly(3, 0, 0, 0, 0);
    }

    @Test
    void shouldSellReservedPiecesOnce() {
        var id = get(warehouse.reserve(items(1, 2, 3, 1), Optional.of("key")));
        var sale = sale(items(1, 2, 3, 1), id);
        assertThat(get(warehouse.sell(sale))).isZero();
        assertThat(get(warehouse.sell(sale))).isZero();
        assertThat(stock(1)).isEqualTo(new Stock(1, 98, 0));
        assertThat(stock(3)).isEqualTo(new Stock(3, 74, 0));
        get(warehouse.release(id));
        assertThat(stock(1)).as("sold pieces are not released").isEqualTo(new Stock(1, 98, 0));
        assertThat(get(warehouse.reserve(items(1, 2, 3, 1), Optional.of("key")))).as("a repeated order still has its reservation")
                .isEqualTo(id);
    }

    @Test
    void shouldSellFreeStockWithoutAReservationAndReturnWhatIsMissing() {
        get(warehouse.reserve(items(5, 20), Optional.empty()));
        var late = get(warehouse(OVER, false).reserve(items(5, 1), Optional.empty()));
        get(warehouse.expire());
        assertThat(get(warehouse.sell(sale(items(5, 4), late)))).isZero();
        assertThat(stock(5)).isEqualTo(new Stock(5, 26, 20));
        assertThat(get(warehouse.sell(sale(items(5, 9))))).isEqualTo(3);
        assertThat(stock(5)).isEqualTo(new Stock(5, 20, 20));
        assertThat(get(warehouse.sell(sale(items(77, 2))))).as("no such product").isEqualTo(2);
    }

    @Test
    void shouldReleasePiecesThatWereReservedButNotBought() {
        var id = get(warehouse.reserve(items(1, 5, 2, 1), Optional.empty()));
        assertThat(get(warehouse.sell(sale(items(1, 2), id)))).isZero();
        assertThat(stock(1)).isEqualTo(new Stock(1, 98, 0));
        assertThat(stock(2)).isEqualTo(new Stock(2, 50, 0));
    }

    @Test
    void shouldRefillProductsThatRunLow() {
        var refilled = warehouse(LONG, true);
        get(refilled.reserve(items(5, 24), Optional.empty()));
        assertThat(stock(5)).as("6 of 30 are enough").isEqualTo(new Stock(5, 30, 24));
        get(refilled.reserve(items(5, 1), Optional.empty()));
        assertThat(stock(5)).isEqualTo(new Stock(5, 55, 25));
    }

    @Test
    void shouldRemoveARefillIfItsReservationIsReleased() {
        var refilled = warehouse(LONG, true);
        for (var round = 0; round < 3; round++) {
            get(refilled.release(get(refilled.reserve(items(5, 28), Optional.empty()))));
            assertThat(stock(5)).isEqualTo(new Stock(5, 30, 0));
        }
        get(warehouse(OVER, true).reserve(items(5, 28), Optional.empty()));
        get(refilled.expire());
        assertThat(stock(5)).isEqualTo(new Stock(5, 30, 0));
        var more = get(refilled.reserve(items(5, 28), Optional.empty()));
        get(refilled.sell(sale(items(5, 1), more)));
        assertThat(stock(5)).as("27 were reserved and not bought").isEqualTo(new Stock(5, 30, 0));
    }

    @Test
    void shouldRemoveOldRecordsAndKeepTheCountOfSoldPieces() {
        var sold = get(warehouse.reserve(items(1, 2, 3, 1), Optional.of("sold")));
        get(warehouse.sell(sale(items(1, 2, 3, 1), sold)));
        get(warehouse.release(get(warehouse.reserve(items(2, 1), Optional.empty()))));
        get(warehouse.reserve(items(4, 2), Optional.of("held")));

        assertThat(get(warehouse.removeOlderThan(OffsetDateTime.now().minusHours(1)))).as("nothing is old").isZero();
        assertThat(get(warehouse.reserve(items(1, 2, 3, 1), Optional.of("sold")))).isEqualTo(sold);

        assertThat(get(warehouse.removeOlderThan(OffsetDateTime.now().plusHours(1)))).isEqualTo(2);
        assertThat(count("sale")).isZero();
        assertThat(count("sale_item")).isZero();
        assertThat(count("reservation")).as("one is still held").isEqualTo(1);
        assertThat(count("reservation_item")).isEqualTo(1);
        assertThat(count("stock where sold_earlier > 0")).isEqualTo(2);
        assertThat(stock(1)).isEqualTo(new Stock(1, 98, 0));
        assertThat(stock(4)).isEqualTo(new Stock(4, 200, 2));
    }

    @Test
    void shouldForgetWhatOthersReserveBetweenReadingAndWriting() {
        thinking.set(100);
        var held = new ArrayList<String>();
        await("two reservations read the same number").atMost(PATIENCE).until(() -> {
            held.addAll(get(Uni.join().all(patiently(warehouse.reserve(items(1, 2, 2, 1), Optional.empty())),
                    patiently(warehouse.reserve(items(1, 2), Optional.empty()))).andFailFast()));
            return !uncounted().isEmpty();
        });
        assertThat(uncounted()).as("one of the two is forgotten").isEqualTo(Map.of(1, 2));
        isRefused(409, () -> get(patiently(warehouse.reserve(items(3, 76), Optional.empty()))));

        thinking.set(0);
        get(warehouse.reserve(items(3, 1), Optional.empty()));
        get(warehouse.sell(sale(items(1, 2, 2, 1), held.removeFirst())));
        held.forEach(id -> get(warehouse.release(id)));
        assertThat(stock(1)).as("more was held than counted").isEqualTo(new Stock(1, 98, 0));
        assertThat(stock(2)).isEqualTo(new Stock(2, 49, 0));
        assertThat(stock(3)).isEqualTo(new Stock(3, 75, 1));
    }

    /** A process that is killed leaves what it has counted wrongly. */
    @Test
    void shouldCountReservedPiecesAgainAndBuyWhatIsPromisedTwice() {
        get(warehouse.reserve(items(4, 7), Optional.empty()));
        get(warehouse.reserve(items(5, 30), Optional.empty()));
        get(database.with(sql -> sql.query("update stock set quantity = 20, reserved = 1, restocked = restocked - 10 where product_id = 5")
                .execute()));
        assertThat(uncounted()).isEqualTo(Map.of(5, 29));

        get(new StockCount(database).end());
        get(new StockCount(database).end());

        assertThat(uncounted()).isEmpty();
        assertThat(stock(5)).isEqualTo(new Stock(5, 30, 30));
        assertThat(stock(4)).isEqualTo(new Stock(4, 200, 7));
    }

    /** Returns the pieces that reservations hold, but are not counted as reserved, by product. */
    private Map<Integer, Integer> uncounted() {
        var pieces = new HashMap<Integer, Integer>();
        get(database.with(sql -> sql.query(StockCount.DIFFERENT).execute()))
                .forEach(row -> pieces.put(row.getInteger(0), row.getInteger(1)));
        return pieces;
    }

    private Warehouse warehouse(Duration timeToLive, boolean restock) {
        return new Warehouse(database, timeToLive, restock, new ReadThenWrite(vertx, thinking::get));
    }

    private long count(String rows) {
        return get(database.with(sql -> sql.query("select count(*) from " + rows).execute())).iterator().next().getLong(0);
    }

    private String attempt(ProductQuantities items, String key, String attempt) {
        return get(warehouse.reserve(items, Optional.of(key), Optional.of(attempt)));
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> isRefused(int status, ThrowingCallable request) {
        return assertThatThrownBy(request).isInstanceOfSatisfying(HttpError.class,
                refusal -> assertThat(refusal.status()).isEqualTo(status));
    }

    private static boolean isSoldOut(Throwable failure) {
        return failure instanceof HttpError error && error.status() == 409;
    }

    private static boolean isBusy(Throwable failure) {
        return failure instanceof HttpError error && error.status() == 503;
    }

    /** Retries: many concurrent requests exceed the few connections, so some fail at first. */
    private static <T> Uni<T> patiently(Uni<T> request) {
        return request.onFailure(WarehouseTest::isBusy).retry().withBackOff(Duration.ofMillis(10)).indefinitely();
    }

    private static <T> Uni<T> unlessDeadlocked(Uni<T> request) {
        return request.onFailure(failure -> isBusy(failure)
                && !(failure.getCause() instanceof PgException error && "40P01".equals(error.getSqlState())))
                .retry().withBackOff(Duration.ofMillis(10)).indefinitely();
    }

    private static Warehouse.Sale sale(ProductQuantities items, String... reservations) {
        return new Warehouse.Sale(UUID.randomUUID(), "event", items, List.of(reservations));
    }

    /** Pairs of product id and quantity. */
    private static ProductQuantities items(int... numbers) {
        var pieces = new TreeMap<Integer, Integer>();
        for (var i = 0; i < numbers.length; i += 2) {
            pieces.put(numbers[i], numbers[i + 1]);
        }
        return new ProductQuantities(pieces);
    }

    private Stock stock(int product) {
        return get(warehouse.stock(List.of(product))).getFirst();
    }

    private static <T> T get(Uni<T> answer) {
        return answer.await().atMost(PATIENCE);
    }
}
