package org.debugshop.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.smallrye.reactive.messaging.memory.InMemoryConnector;
import io.vertx.mutiny.core.Vertx;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.events.Events.Poison;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uses a real PostgreSQL. The tests pass the records from the topic to the consumer. */
@QuarkusTest
@QuarkusTestResource(value = Postgres.class, restrictToAnnotatedClass = true)
class FaultsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Inject
    Controls controls;
    @Inject
    OrderStore orders;
    @Inject
    ReceiptsConsumer receipts;
    @Inject
    Vertx vertx;
    @Inject
    ObjectMapper json;
    @Inject
    MeterRegistry registry;
    @Inject
    @Connector(InMemoryConnector.CONNECTOR)
    InMemoryConnector memory;

    @BeforeEach
    void isReady() {
        await("an answer").atMost(PATIENCE).ignoreExceptions()
                .until(() -> orders.prepared() && get(orders.find(UUID.randomUUID().toString())).isEmpty());
    }

    @AfterEach
    void heal() {
        memory.sink(OrderPlaced.CHANNEL).clear();
        controls.apply(Map.of());
    }

    @Test
    void shouldTakeItsTimeForEachReceiptAndRecordHowLateItIs() {
        controls.apply(Map.of("slow-consumer", 0.7));
        var late = place();
        var count = delays().count();
        var total = delays().totalTime(TimeUnit.SECONDS);

        var started = System.nanoTime();
        read(event(late));

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(690));
        assertThat(get(orders.receipt(late.orderId()))).contains(ReceiptPrinter.document(late));
        assertThat(delays().count()).isEqualTo(count + 1);
        assertThat(delays().totalTime(TimeUnit.SECONDS) - total).isGreaterThan(0.69);

        controls.apply(Map.of());
        started = System.nanoTime();
        read(event(place()));
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofMillis(690));
    }

    @Test
    void shouldWaitForARecordThatCannotBeReadUntilDeadLettersAreOnAgain() {
        controls.apply(Map.of("poison-message", 1.0));
        await("the record").atMost(PATIENCE).until(() -> sent().size() == 1);
        var damaged = sent().getFirst();
        assertThatThrownBy(() -> json.readTree(damaged)).isInstanceOf(JsonProcessingException.class);

        var blocked = reading(damaged).subscribeAsCompletionStage();
        var another = reading("no JSON either").subscribeAsCompletionStage();
        var retries = retries();
        var deadLetters = deadLetters();
        await("some attempts").atMost(PATIENCE).until(() -> retries() > retries + 2);
        assertThat(blocked).isNotDone();
        assertThat(another).isNotDone();
        assertThat(deadLetters()).isEqualTo(deadLetters);

        controls.apply(Map.of());
        await("the next attempt").atMost(PATIENCE).until(() -> blocked.isDone() && another.isDone());
        assertThat(blocked).isCompleted();
        assertThat(another).isCompletedExceptionally();
        assertThat(deadLetters()).isEqualTo(deadLetters + 1);
        assertThatThrownBy(() -> read("no JSON at all")).isInstanceOf(Poison.class);
    }

    @Test
    void shouldSendEventsBackToTheirTopicAtItsRateAndStopWhenItEnds() {
        var order = place();
        var event = event(order);
        await("its own event").atMost(PATIENCE).until(() -> events(order).size() == 1);
        read(event);
        memory.sink(OrderPlaced.CHANNEL).clear();

        controls.apply(Map.of("event-loop", 50.0));
        var started = System.nanoTime();
        IntStream.range(0, 300).forEach(_ -> read(event));
        await("some rounds").atMost(PATIENCE).until(() -> events(order).size() >= 60);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(1_190));
        assertThat(events(order)).containsOnly(event);

        controls.apply(Map.of());
        var before = events(order).size();
        IntStream.range(0, 10).forEach(_ -> read(event));
        assertThat(get(Uni.createFrom().item(() -> events(order).size()).onItem().delayIt().by(Duration.ofMillis(300)))).isEqualTo(before);
    }

    @Test
    void shouldAnnounceOrdersAgainWhoseEventsCannotBeRead() {
        controls.apply(Map.of("event-contract", 1.0));
        var placed = IntStream.range(0, 120).mapToObj(_ -> place(List.of("RES-" + UUID.randomUUID()))).toList();
        await("their events").atMost(PATIENCE).until(() -> placed.stream().noneMatch(each -> events(each).isEmpty()));
        // Not the first: soon after its start, the service announces the orders again that it finds noted.
        var order = placed.getLast();
        var unreadable = events(order).getFirst();
        assertThat(fields(unreadable)).contains("id").doesNotContain("order_id");
        assertThatThrownBy(() -> read(unreadable)).isInstanceOf(Poison.class).hasMessage("The event has no valid order id");

        controls.apply(Map.of());
        await("all of them").atMost(PATIENCE)
                .until(() -> placed.stream().allMatch(each -> events(each).stream().anyMatch(event -> event.contains("\"order_id\""))));
        var repaired = events(order).getLast();
        assertThat(fields(repaired)).isEqualTo(fields(event(order)));
        assertThat(repaired).contains("\"product_id\":1,\"quantity\":2", "RES-");
        read(repaired);
        assertThat(get(orders.receipt(order.orderId()))).isPresent();
        await("nothing is left").atMost(PATIENCE).until(() -> rows("reannouncement") == 0);
        assertThat(events(place())).allMatch(event -> event.contains("order_id"));
    }

    @Test
    void shouldAnnounceOrdersAgainAfterAProcessWasKilled() {
        controls.apply(Map.of("event-contract", 1.0));
        var order = place();
        var database = new Database(vertx, Database.Settings.ofEnvironment().orElseThrow());
        try {
            await("an answer").atMost(PATIENCE).until(database::prepared);

            get(new Reannouncement(database, json, () -> {}, () -> {}).end());
        } finally {
            database.close();
        }
        assertThat(rows("reannouncement")).isZero();
        await("its event").atMost(PATIENCE).until(() -> events(order).stream().anyMatch(event -> event.contains("\"order_id\"")));
    }

    private List<String> events(Order order) {
        return memory.<String>sink(OrderPlaced.CHANNEL).received().stream().map(Message::getPayload)
                .filter(value -> value.contains(order.orderId())).toList();
    }

    private List<String> sent() {
        return memory.<String>sink(OrderPlaced.CHANNEL).received().stream().map(Message::getPayload)
                .filter(value -> !value.contains("order_id")).toList();
    }

    private double retries() {
        return registry.get("shop.event.retries").tag("group", "receipts").counter().count();
    }

    private double deadLetters() {
        return registry.get("shop.dead.letters").tag("group", "receipts").counter().count();
    }

    private io.micrometer.core.instrument.Timer delays() {
        return registry.get("shop.receipt.delay").timer();
    }

    private Order place() {
        return place(List.of());
    }

    private Order place(List<String> reservations) {
        var line = new Order.Line(1, "Phone", new BigDecimal("1.50"), "EUR", 2, new BigDecimal("3.00"));
        var order = new Order(UUID.randomUUID().toString(), "user", "EUR", null, null, List.of(line), line.itemTotal(), "PROCESSED",
                Instant.now(), null, null);
        return get(orders.place(new OrderStore.Placement(order, Optional.empty(), "", reservations)));
    }

    private String event(Order order) {
        try {
            return json.writeValueAsString(OrderPlaced.of(order, List.of()));
        } catch (JsonProcessingException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private void read(String event) {
        get(reading(event));
    }

    private Uni<Void> reading(String event) {
        var message = new ConsumerRecord<>("orders", 0, 7, UUID.randomUUID().toString(), event);
        return receipts.read(message, new IncomingKafkaRecordMetadata<>(message, "receipts"));
    }

    private List<String> fields(String event) {
        try {
            var names = new ArrayList<String>();
            json.readTree(event).fieldNames().forEachRemaining(names::add);
            return names;
        } catch (JsonProcessingException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static int rows(String table) {
        try (var connection = Postgres.engine.getPostgresDatabase().getConnection();
                var rows = connection.createStatement().executeQuery("select count(*) from " + table)) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException trouble) {
            throw new AssertionError(trouble);
        }
    }

    private static <T> T get(Uni<T> answer) {
        return answer.await().atMost(PATIENCE);
    }
}
