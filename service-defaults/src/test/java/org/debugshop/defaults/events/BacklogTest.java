package org.debugshop.defaults.events;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.mutiny.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.TimeoutException;
import org.debugshop.defaults.events.Backlog.Group;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The answers of a real broker are tested by the system tests. */
class BacklogTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile Backlog.Source broker = _ -> lags(3, 1);
    private Vertx vertx;

    @BeforeEach
    void look() {
        vertx = Vertx.vertx();
        new Backlog(vertx, groups -> broker.lags(groups), () -> {}).measure("orders", "receipts", registry);
        await("an answer").atMost(PATIENCE).until(() -> lag() == 3 && deadLetters() == 1);
    }

    @AfterEach
    void stop() {
        end.countDown();
        vertx.closeAndAwait();
    }

    @Test
    void shouldBeNanWhileTheBrokerIsAway() {
        broker = _ -> {
            throw new ExecutionException(new TimeoutException("Timed out waiting for a node assignment."));
        };
        await("NaN").atMost(PATIENCE).until(() -> Double.isNaN(lag()) && Double.isNaN(deadLetters()));

        broker = _ -> lags(5, 0);
        await("a new answer").atMost(PATIENCE).until(() -> lag() == 5 && deadLetters() == 0);
    }

    @Test
    void shouldBeNanIfTheBrokerDoesNotAnswer() {
        broker = _ -> {
            end.await();
            return Map.of();
        };
        await("NaN").atMost(PATIENCE).until(() -> Double.isNaN(lag()));
    }

    private static Map<Group, Long> lags(long waiting, long putAside) {
        return Map.of(new Group("receipts", "orders"), waiting, new Group("orders.dead.replay", "orders.dead"), putAside);
    }

    private double lag() {
        return registry.get("shop.consumer.lag").tag("topic", "orders").tag("group", "receipts").gauge().value();
    }

    private double deadLetters() {
        return registry.get("shop.dead.letters.waiting").tag("topic", "orders").gauge().value();
    }
}
