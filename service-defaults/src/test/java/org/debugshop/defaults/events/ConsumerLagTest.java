package org.debugshop.defaults.events;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConsumerLagTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicReference<Uni<Double>> answer = new AtomicReference<>(Uni.createFrom().item(3.0));
    private Vertx vertx;

    @BeforeEach
    void look() {
        vertx = Vertx.vertx();
        new ConsumerLag(vertx, registry, _ -> answer.get(), "orders", "receipts");
        await("an answer").atMost(PATIENCE).until(() -> lag() == 3);
    }

    @AfterEach
    void stop() {
        vertx.closeAndAwait();
    }

    @Test
    void shouldBeNanWhileTheBrokerIsAway() {
        answer.set(Uni.createFrom().failure(new TimeoutException("Failed to get offsets")));
        await("NaN").atMost(PATIENCE).until(() -> Double.isNaN(lag()));

        answer.set(Uni.createFrom().item(5.0));
        await("a new answer").atMost(PATIENCE).until(() -> lag() == 5);
    }

    @Test
    void shouldBeNanIfTheConsumerDoesNotAnswer() {
        answer.set(Uni.createFrom().nothing());
        await("NaN").atMost(PATIENCE).until(() -> Double.isNaN(lag()));
    }

    private double lag() {
        return registry.get("shop.consumer.lag").tag("topic", "orders").tag("group", "receipts").gauge().value();
    }
}
