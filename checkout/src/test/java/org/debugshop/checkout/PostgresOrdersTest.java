package org.debugshop.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uses a real PostgreSQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresOrdersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper().registerModule(new JavaTimeModule());
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final AtomicInteger announced = new AtomicInteger();
    private EmbeddedPostgres postgres;
    private Vertx vertx;
    private Database database;
    private PostgresOrders orders;

    @BeforeAll
    void start() throws Exception {
        postgres = EmbeddedPostgres.start();
        vertx = Vertx.vertx();
        database = new Database(vertx,
                new Database.Settings("postgresql://localhost:" + postgres.getPort() + "/postgres", "postgres", "postgres"), PATIENCE);
        orders = new PostgresOrders(database, JSON, announced::incrementAndGet, () -> false);
        await("its migration").atMost(PATIENCE).until(orders::prepared);
    }

    @AfterAll
    void stop() throws Exception {
        database.close();
        vertx.closeAndAwait();
        postgres.close();
    }

    @Test
    void shouldReturnExactlyTheStoredOrderEvenAfterARestart() {
        var order = order("user", NOON);
        place(order, null);

        assertThat(get(new PostgresOrders(database, JSON, () -> {}, () -> false).find(order.orderId()))).contains(order);
        assertThat(get(orders.find(UUID.randomUUID().toString()))).isEmpty();
        assertThat(get(orders.find("no id"))).isEmpty();
        assertThat(get(orders.find(order.orderId().toUpperCase(Locale.ROOT)))).isEmpty();
    }

    @Test
    void shouldWriteTheEventWithTheOrderAndWakeTheRelay() {
        var before = announced.get();
        var order = order("user", NOON);
        get(orders.place(new OrderStore.Placement(order, Optional.empty(), "", List.of("RES-1"))));

        var event = get(database.with(sql -> sql.query("select event from outbox where order_id = '" + order.orderId() + "'").execute()))
                .iterator().next().getString(0);
        assertThat(event).contains("\"version\":2", "\"reservations\":[\"RES-1\"]", "\"total\":3.00").doesNotContain("example.com", "Bern");
        assertThat(announced.get()).isEqualTo(before + 1);
    }

    @Test
    void shouldPlaceOneOrderForConcurrentRequestsWithOneKey() {
        var placed = Uni.join()
                .all(IntStream.range(0, 20)
                        .mapToObj(_ -> orders.place(new OrderStore.Placement(order("race", NOON), Optional.of("race"), "same", List.of())))
                        .toList())
                .andFailFast().await().atMost(PATIENCE);

        assertThat(placed).containsOnly(placed.getFirst());
        assertThat(get(orders.of("race", 10, null)).orders()).hasSize(1);
        assertThat(get(orders.repeated("race", "same"))).contains(placed.getFirst());
        assertThatThrownBy(() -> get(orders.repeated("race", "other")))
                .isInstanceOfSatisfying(HttpError.class, refusal -> assertThat(refusal.status()).isEqualTo(422));
        assertThat(get(orders.repeated("unknown", "same"))).isEmpty();
    }

    @Test
    void shouldPageThroughTheOrdersOfAUserNewestFirst() {
        var placed = IntStream.range(0, 5).mapToObj(i -> place(order("pages", NOON.plusSeconds(i / 2)), null)).toList();

        var first = get(orders.of("pages", 2, null));
        var second = get(orders.of("pages", 2, first.cursor()));
        var third = get(orders.of("pages", 2, second.cursor()));

        assertThat(first.orders().getFirst()).isEqualTo(placed.getLast());
        assertThat(List.of(first, second, third)).flatExtracting(OrderStore.Page::orders).containsExactlyInAnyOrderElementsOf(placed)
                .isSortedAccordingTo((one, other) -> other.timestamp().compareTo(one.timestamp()));
        assertThat(third.cursor()).isNull();
        assertThatThrownBy(() -> orders.of("pages", 2, "nonsense")).isInstanceOf(HttpError.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+999999999-12-31T23:59:59Z", "-999999999-01-01T00:00:00Z", "+10000-01-01T00:00:00Z"})
    void shouldRefuseACursorBeyondTheYearsOfTheDatabase(String time) {
        var cursor = Base64.getUrlEncoder().encodeToString((time + " " + new UUID(0, 0)).getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> get(orders.of("pages", 2, cursor)))
                .isInstanceOfSatisfying(HttpError.class, refusal -> assertThat(refusal.status()).isEqualTo(400));
    }

    @Test
    void shouldKeepTheFirstReceipt() {
        var order = place(order("user", NOON), null);
        var receipt = ReceiptPrinter.document(order);

        get(orders.write(order.orderId(), receipt));
        get(orders.write(order.orderId(), new OrderStore.Document("another", new Order.Receipt("0", 1))));

        assertThat(get(orders.receipt(order.orderId()))).contains(receipt);
        assertThat(get(orders.find(order.orderId()))).contains(order.with(receipt.receipt()));
        assertThat(receipt.text()).contains(order.orderId(), "Phone", "3.00").doesNotContain("example.com", "Bern");
    }

    @Test
    void shouldKeepTheFirstPayment() {
        var order = place(order("payer", NOON), null);
        var first = UUID.randomUUID().toString();

        assertThat(get(orders.pay(order.orderId(), first))).contains(first);
        assertThat(get(orders.pay(order.orderId(), first))).contains(first);
        assertThat(get(orders.pay(order.orderId(), UUID.randomUUID().toString()))).contains(first);

        assertThat(get(orders.find(order.orderId()))).contains(order.paidBy(first)).get().returns("paid", Order::paymentStatus);
        assertThat(get(orders.of("payer", 1, null)).orders()).containsExactly(order.paidBy(first));
        assertThat(get(orders.pay(UUID.randomUUID().toString(), first))).isEmpty();
    }

    @Test
    void shouldStoreAnOrderWithoutAddressAndWithoutTheStatusOfItsPayment() {
        var request = new OrderRequest("account", "USD", null, null, List.of(new OrderRequest.Item(1, 2)), List.of());
        var order = place(Order.placed(UUID.randomUUID().toString(), request, order("account", NOON).products(), NOON), null);

        var stored = get(
                database.with(sql -> sql.query("select document::text from orders where id = '" + order.orderId() + "'").execute()))
                .iterator().next().getString(0);
        assertThat(stored).doesNotContain("payment", "address", "email");
        assertThat(get(orders.find(order.orderId()))).contains(order);
        get(orders.write(order.orderId(), ReceiptPrinter.document(order)));
        assertThat(get(orders.receipt(order.orderId()))).get().extracting(OrderStore.Document::text).asString().contains("Phone", "3.00");
    }

    @Test
    void shouldOnlyRemoveOldOrdersThatAreDone() {
        var old = NOON.minus(Duration.ofDays(400));
        var done = place(order("old", old), "old");
        var unannounced = place(order("old", old.plusSeconds(1)), null);
        var withoutReceipt = place(order("old", old.plusSeconds(2)), null);
        var recent = place(order("old", NOON), null);
        for (var order : List.of(done, unannounced, recent)) {
            get(orders.write(order.orderId(), ReceiptPrinter.document(order)));
        }
        announced(done, withoutReceipt, recent);

        assertThat(get(orders.removeOlderThan(NOON.minus(Duration.ofDays(1)).atOffset(ZoneOffset.UTC)))).isEqualTo(1);

        assertThat(get(orders.of("old", 10, null)).orders()).extracting(Order::orderId)
                .containsExactly(recent.orderId(), withoutReceipt.orderId(), unannounced.orderId());
        assertThat(get(orders.receipt(done.orderId()))).isEmpty();
        assertThat(get(orders.repeated("old", ""))).isEmpty();
    }

    @Test
    void shouldKeepReservationsOfOrdersAndReleaseOthersForGood() {
        take("RES-taken", null);

        assertThat(get(orders.release(List.of("RES-free", "RES-taken", "RES-free")))).containsExactly("RES-taken");

        assertThatThrownBy(() -> take("RES-free", "late")).isInstanceOfSatisfying(HttpError.class, refusal -> {
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.getResponse().getHeaderString("Retry-After")).as("nothing was done").isEqualTo("1");
        });
        assertThat(get(orders.repeated("late", ""))).isEmpty();
        assertThat(take("RES-new", "late")).as("the same order with a new reservation").isNotNull();
        assertThat(get(orders.release(List.of("RES-free", "RES-new")))).as("released once more").containsExactly("RES-new");
    }

    @Test
    void shouldEitherTakeOrReleaseAReservationUnderConcurrency() {
        for (var i = 0; i < 50; i++) {
            var reservation = "RES-race-" + i;
            var taken = Uni.createFrom().deferred(() -> placing(reservation, null)).replaceWith(true)
                    .onFailure(HttpError.class).recoverWithItem(false);

            var both = get(Uni.combine().all().unis(taken, orders.release(List.of(reservation))).asTuple());

            assertThat(both.getItem1()).as("order taken").isEqualTo(!both.getItem2().isEmpty());
        }
    }

    @Test
    void shouldRemoveOldReservationsWithTheirOrders() {
        var order = take("RES-sold", null);
        announced(order);
        get(orders.write(order.orderId(), new OrderStore.Document("receipt", new Order.Receipt("0", 7))));
        get(orders.release(List.of("RES-released")));

        get(orders.removeOlderThan(Instant.now().plus(Duration.ofDays(1)).atOffset(ZoneOffset.UTC)));

        assertThat(get(database.with(sql -> sql.query("select id from reservation where id in ('RES-sold', 'RES-released')").execute()))
                .size()).isZero();
    }

    private Order take(String reservation, String key) {
        return get(placing(reservation, key));
    }

    private Uni<Order> placing(String reservation, String key) {
        return orders.place(new OrderStore.Placement(order("holder", NOON), Optional.ofNullable(key), "", List.of(reservation)));
    }

    /** Deletes the orders' events from the outbox, as the relay does. */
    private void announced(Order... placed) {
        for (var order : placed) {
            get(database.with(sql -> sql.query("delete from outbox where order_id = '" + order.orderId() + "'").execute()));
        }
    }

    private Order place(Order order, String key) {
        return get(orders.place(new OrderStore.Placement(order, Optional.ofNullable(key), "", List.of())));
    }

    private static Order order(String user, Instant time) {
        var line = Order.Line.of(new Product(1, "Phone", new BigDecimal("1.50"), "USD"), new BigDecimal("1.50"), "USD", 2);
        return Order.placed(UUID.randomUUID().toString(),
                new OrderRequest(user, "USD", new OrderRequest.Address(null, "Bern", null, null, null),
                        "a@example.com", List.of(new OrderRequest.Item(1, 2)), List.of()),
                List.of(line), time);
    }

    private static <T> T get(Uni<T> answer) {
        return answer.await().atMost(PATIENCE);
    }
}
