package org.debugshop.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.smallrye.reactive.messaging.memory.InMemoryConnector;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.debugshop.defaults.controls.Controls;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uses a real PostgreSQL. The tests pass the records from the topic to the consumer. */
@QuarkusTest
@QuarkusTestResource(Postgres.class)
class FaultsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Inject
    Controls controls;
    @Inject
    OrderStore orders;
    @Inject
    ReceiptsConsumer receipts;
    @Inject
    ObjectMapper json;
    @Inject
    MeterRegistry registry;
    @Inject
    @Connector(InMemoryConnector.CONNECTOR)
    InMemoryConnector memory;

    @BeforeEach
    void isReady() {
        await("an answer").atMost(PATIENCE).ignoreExceptions().until(() -> orders.prepared() && get(orders.find("none")).isEmpty());
    }

    @AfterEach
    void heal() {
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

    private io.micrometer.core.instrument.Timer delays() {
        return registry.get("shop.receipt.delay").timer();
    }

    private Order place() {
        var line = new Order.Line(1, "Phone", new BigDecimal("1.50"), "EUR", 2, new BigDecimal("3.00"));
        var order = new Order(UUID.randomUUID().toString(), "user", "EUR", null, null, List.of(line), line.itemTotal(), "PROCESSED",
                Instant.now(), null, null);
        return get(orders.place(new OrderStore.Placement(order, Optional.empty(), "", List.of())));
    }

    private String event(Order order) {
        try {
            return json.writeValueAsString(OrderPlaced.of(order, List.of()));
        } catch (Exception impossible) {
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

    private static <T> T get(Uni<T> answer) {
        return answer.await().atMost(PATIENCE);
    }
}
