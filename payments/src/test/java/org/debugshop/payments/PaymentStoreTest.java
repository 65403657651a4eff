package org.debugshop.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.events.Outbox;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Uses a real PostgreSQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PaymentStoreTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper().registerModule(new JavaTimeModule());

    private EmbeddedPostgres postgres;
    private Vertx vertx;
    private Database database;
    private PaymentStore store;

    @BeforeAll
    void start() throws Exception {
        postgres = EmbeddedPostgres.start();
        vertx = Vertx.vertx();
        database = new Database(vertx,
                new Database.Settings("postgresql://localhost:" + postgres.getPort() + "/postgres", "postgres", "postgres"), PATIENCE);
        store = new PaymentStore(database, new Outbox(vertx, database, "payments", (_, _, _) -> Uni.createFrom().voidItem()), JSON);
        await("its migration").atMost(PATIENCE).until(database::prepared);
    }

    @AfterAll
    void stop() throws Exception {
        database.close();
        vertx.closeAndAwait();
        postgres.close();
    }

    @Test
    void shouldChargeOnceForConcurrentPaymentsOfAnOrder() {
        for (var round = 0; round < 10; round++) {
            var order = UUID.randomUUID();
            var charges = new AtomicInteger();
            var outcomes = get(Uni.join().all(IntStream.range(0, 6).mapToObj(_ -> pay(request(order, null), charges).map(_ -> 200)
                    .onFailure(HttpError.class).recoverWithItem(HttpError::status)).toList()).andFailFast());

            assertThat(outcomes).containsOnlyOnce(200).containsOnly(200, 409);
            assertThat(charges).hasValue(1);
        }
    }

    @Test
    void shouldLetAnotherPayWhenTheFirstIsDeclined() {
        var order = UUID.randomUUID();
        var declined = store.pay(request(order, "first"), payment(order),
                () -> Uni.createFrom().failure(new HttpError(402, "Card declined")));
        assertThatThrownBy(() -> get(declined)).isInstanceOfSatisfying(HttpError.class,
                refusal -> assertThat(refusal.status()).isEqualTo(402));

        assertThat(get(store.repeated(request(order, "first")))).isEmpty();
        assertThat(get(pay(request(order, "second"), new AtomicInteger())).repeated()).isFalse();
    }

    @Test
    void shouldReturnThePaymentOfTheKeyWithoutChargingAgain() {
        var order = UUID.randomUUID();
        var charges = new AtomicInteger();
        var first = get(pay(request(order, "again"), charges));

        var second = get(pay(request(order, "again"), charges));

        assertThat(second).isEqualTo(new PaymentStore.Stored(first.payment(), true));
        assertThat(charges).hasValue(1);
    }

    @Test
    void shouldOnlyRemoveOldPaymentsThatAreAnnounced() {
        var announced = get(pay(request(UUID.randomUUID(), null), new AtomicInteger())).payment();
        var waiting = get(pay(request(UUID.randomUUID(), null), new AtomicInteger())).payment();
        var recent = get(pay(request(UUID.randomUUID(), null), new AtomicInteger())).payment();
        get(database.with(sql -> sql.query("update payment set paid_at = '2020-01-01' where id <> '" + recent.id() + "'").execute()));
        get(database.with(sql -> sql.query("delete from outbox where order_id <> '" + waiting.orderId() + "'").execute()));

        get(store.removeOlderThan(OffsetDateTime.of(2020, 2, 1, 0, 0, 0, 0, ZoneOffset.UTC)));

        var left = new ArrayList<UUID>();
        get(database.with(sql -> sql.query("select id from payment").execute())).forEach(row -> left.add(row.getUUID(0)));
        assertThat(left).contains(waiting.id(), recent.id()).doesNotContain(announced.id());
    }

    @Test
    void shouldShowRefundsAndRemoveOldOnes() {
        var payment = get(pay(request(UUID.randomUUID(), null), new AtomicInteger())).payment();
        get(database.with(sql -> sql.query("""
                with removed as (delete from payment where id = '%s' returning *)
                insert into refund (payment_id, order_id, user_id, amount, currency, paid_at, refunded_at)
                select id, order_id, user_id, amount, currency, paid_at, '2020-01-01' from removed""".formatted(payment.id())).execute()));
        assertThat(get(store.find(payment.id(), "user")).map(Payment::status)).contains("refunded");
        assertThat(get(store.find(payment.id(), "another"))).isEmpty();

        get(store.removeOlderThan(OffsetDateTime.of(2019, 2, 1, 0, 0, 0, 0, ZoneOffset.UTC)));
        assertThat(get(store.find(payment.id(), "user"))).isPresent();

        get(store.removeOlderThan(OffsetDateTime.of(2020, 2, 1, 0, 0, 0, 0, ZoneOffset.UTC)));
        assertThat(get(store.find(payment.id(), "user"))).isEmpty();
    }

    @Test
    void shouldNotDescribeTheCard() {
        var request = new PaymentRequest("user", Optional.empty(), UUID.randomUUID(), BigDecimal.ONE, Optional.of("tok_4711"));

        assertThat(request.toString()).contains("user").doesNotContain("4711");
    }

    private Uni<PaymentStore.Stored> pay(PaymentRequest request, AtomicInteger charges) {
        return store.pay(request, payment(request.orderId()), () -> Uni.createFrom().voidItem().invoke(charges::incrementAndGet));
    }

    private static PaymentRequest request(UUID order, String key) {
        return new PaymentRequest("user", Optional.ofNullable(key), order, new BigDecimal("1.5"), Optional.empty());
    }

    private static Payment payment(UUID order) {
        return new Payment(UUID.randomUUID(), "user", order, new BigDecimal("1.50"), "EUR");
    }

    private static <T> T get(Uni<T> answer) {
        return answer.await().atMost(PATIENCE);
    }
}
