package org.debugshop.defaults.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.StringSerializer;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.routes.Route;
import org.debugshop.defaults.routes.Routes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The usual copy of a service, and one that intercepts the events of ann. The database is a real one, and the broker a mock. */
class InterceptedEventsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<String> processed = new CopyOnWriteArrayList<>();
    private final MockProducer<String, String> producer = new MockProducer<>(true, null, new StringSerializer(), new StringSerializer());
    private EmbeddedPostgres postgres;
    private Vertx vertx;
    private Database database;
    private InterceptedEvents usual;

    @BeforeEach
    void start() throws Exception {
        postgres = EmbeddedPostgres.start();
        vertx = Vertx.vertx();
        database = new Database(vertx,
                new Database.Settings("postgresql://localhost:" + postgres.getPort() + "/postgres", "postgres", "postgres"), PATIENCE);
        await("its migration").atMost(PATIENCE).until(database::prepared);
        execute("""
                create table held_event (consumer_group text not null, topic text not null, partition integer not null,
                position bigint not null, intercept_key text not null, record_key text, value text, headers text not null,
                primary key (consumer_group, topic, partition, position))""");
        usual = new InterceptedEvents(vertx, Optional.of(database), "checkout", Optional.empty(), _ -> producer);
    }

    @AfterEach
    void stop() throws Exception {
        Routes.replace(List.of(), false);
        usual.close();
        database.close();
        vertx.closeAndAwait();
        postgres.close();
    }

    private static void intercept(String service, String key, boolean events) {
        Routes.replace(List.of(new Route("r", 1, service, URI.create("http://localhost:1"), 0, key, false, false, events,
                System.nanoTime() + PATIENCE.toNanos())), false);
    }

    /** @param key null for none */
    private static ConsumerRecord<String, String> event(long offset, String key) {
        var event = new ConsumerRecord<>("orders", 0, offset, "order-" + offset, "value-" + offset);
        event.headers().add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".getBytes(UTF_8));
        if (key != null) {
            event.headers().add("baggage", ("debug-shop.intercept=" + key).getBytes(UTF_8));
        }
        return event;
    }

    private void process(InterceptedEvents events, ConsumerRecord<String, String> event) {
        events.process(event, new RecordHeaders(), "receipts", () -> {
            processed.add(event.value());
            return Uni.createFrom().voidItem();
        }).await().atMost(PATIENCE);
    }

    @Test
    void shouldProcessAllEventsWhileNothingIsIntercepted() throws SQLException {
        process(usual, event(1, "ann"));
        intercept("checkout", "ann", false);
        process(usual, event(2, "ann"));
        intercept("inventory", "ann", true);
        process(usual, event(3, "ann"));
        assertThat(processed).containsExactly("value-1", "value-2", "value-3");
        assertThat(held()).isZero();
    }

    @Test
    void shouldLeaveOnlyTheEventsOfTheKeyToTheOtherCopy() throws SQLException {
        intercept("checkout", "ann", true);
        process(usual, event(1, "ann"));
        process(usual, event(2, "bob"));
        process(usual, event(3, null));
        process(usual, event(1, "ann")); // delivered again
        assertThat(processed).containsExactly("value-2", "value-3");
        assertThat(held()).isEqualTo(1);
    }

    @Test
    void shouldProcessOnlyTheEventsOfItsKeyInTheOtherCopy() throws SQLException {
        var copy = new InterceptedEvents(vertx, Optional.of(database), "checkout", Optional.of("ann"), _ -> producer);
        intercept("checkout", "ann", true);
        process(copy, event(1, "ann"));
        process(copy, event(2, "bob"));
        process(copy, event(3, null));
        assertThat(processed).containsExactly("value-1");
        assertThat(held()).isZero();
    }

    @Test
    void shouldTakeOverWhatIsHeldWhenTheInterceptHasEnded() throws SQLException {
        intercept("checkout", "ann", true);
        IntStream.rangeClosed(1, 120).forEach(i -> process(usual, event(i, "ann")));
        release();
        assertThat(held()).isEqualTo(120);
        assertThat(producer.history()).isEmpty();

        Routes.replace(List.of(), false);
        release();
        assertThat(held()).isZero();
        assertThat(producer.history()).extracting(ProducerRecord::value)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 120).mapToObj(i -> "value-" + i).toList());
        var first = producer.history().getFirst();
        assertThat(first.topic()).isEqualTo("orders");
        assertThat(first.key()).isEqualTo("order-1");
        assertThat(first.headers()).extracting(header -> header.key() + "=" + new String(header.value(), UTF_8)).containsExactlyInAnyOrder(
                "traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage=debug-shop.intercept=ann",
                "replay-group=receipts");

        var again = new ConsumerRecord<>("orders", 0, 500, first.key(), first.value());
        first.headers().forEach(again.headers()::add);
        process(usual, again);
        assertThat(processed).containsExactly("value-1");
    }

    @Test
    void shouldLoseNothingWhileTheBrokerIsAway() throws SQLException {
        intercept("checkout", "ann", true);
        process(usual, event(1, "ann"));
        Routes.replace(List.of(), false);
        producer.sendException = new IllegalStateException("The broker is away");
        assertThatThrownBy(this::release).hasMessageContaining("The broker is away");
        assertThat(held()).isEqualTo(1);
        producer.sendException = null;
        release();
        assertThat(held()).isZero();
        assertThat(producer.history()).hasSize(1);
    }

    private void release() {
        usual.release().await().atMost(PATIENCE);
    }

    private long held() throws SQLException {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from held_event")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = postgres.getPostgresDatabase().getConnection(); var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
