package org.debugshop.defaults.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.debugshop.defaults.events.Events.Poison;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final String topic = "topic-" + UUID.randomUUID();
    private final ConsumerRecord<String, String> message = new ConsumerRecord<>(topic, 1, 7, "key", "value");

    @BeforeEach
    void observe() {
        Metrics.addRegistry(registry);
        Events.count(topic, "group");
    }

    @AfterEach
    void leave() {
        Metrics.removeRegistry(registry);
    }

    /** Temporary failures, or failures that may be. */
    static Stream<Throwable> healing() {
        return Stream.of(
                HttpError.unavailable("The database is not available at the moment", null),
                new PgException("cannot execute INSERT in a read-only transaction", "ERROR", "25006", null),
                new PgException("password authentication failed", "FATAL", "28P01", null),
                new PgException("relation does not exist", "ERROR", "42P01", null),
                new IOException("Connection reset"),
                new HttpError(500, "Some other service failed"),
                new NullPointerException("a bug, which the next version may not have"));
    }

    @ParameterizedTest
    @MethodSource("healing")
    void shouldRetryTemporaryFailures(Throwable trouble) {
        var attempts = new AtomicInteger();

        process(() -> attempts.incrementAndGet() < 3 ? Uni.createFrom().failure(trouble) : Uni.createFrom().voidItem());

        assertThat(attempts).hasValue(3);
        assertThat(counter("shop.event.retries")).isEqualTo(2);
        assertThat(counter("shop.events.processed")).isEqualTo(1);
        assertThat(counter("shop.dead.letters")).isZero();
        assertThat(message.headers()).isEmpty();
    }

    static Stream<Throwable> poison() {
        return Stream.of(new Poison("The event is not JSON"),
                new PgException("invalid byte sequence", "ERROR", "22021", null),
                new PgException("violates check constraint", "ERROR", "23514", null));
    }

    @ParameterizedTest
    @MethodSource("poison")
    void shouldPutAsideAndCountWhatCanNeverBeProcessed(Throwable failure) {
        var attempts = new AtomicInteger();

        assertThatThrownBy(() -> process(() -> {
            attempts.incrementAndGet();
            return Uni.createFrom().failure(failure);
        })).isSameAs(failure);

        assertThat(attempts).hasValue(1);
        assertThat(counter("shop.dead.letters")).isEqualTo(1);
        assertThat(counter("shop.event.retries")).isZero();
        assertThat(counter("shop.events.processed")).isZero();
        assertThat(header("dead-letter-group")).isEqualTo("group");
        assertThat(Instant.parse(header("dead-letter-time"))).isBeforeOrEqualTo(Instant.now());
    }

    @Test
    void shouldCountPoisonThatTheWorkThrows() {
        assertThatThrownBy(() -> process(() -> {
            throw new Poison("The event is not JSON");
        })).isInstanceOf(Poison.class);

        assertThat(counter("shop.dead.letters")).isEqualTo(1);
    }

    @Test
    void shouldLeaveAReplayedRecordToTheGroupThatFailed() {
        var attempts = new AtomicInteger();
        Supplier<Uni<Void>> work = () -> {
            attempts.incrementAndGet();
            return Uni.createFrom().voidItem();
        };
        message.headers().add("replay-group", "group".getBytes(StandardCharsets.UTF_8));

        Events.process(message, message.headers(), "other", work).await().atMost(PATIENCE);
        assertThat(attempts).hasValue(0);

        process(work);
        assertThat(attempts).hasValue(1);
    }

    private void process(Supplier<Uni<Void>> work) {
        Events.process(message, message.headers(), "group", work).await().atMost(PATIENCE);
    }

    private double counter(String name) {
        return registry.get(name).tag("topic", topic).tag("group", "group").counter().count();
    }

    private String header(String name) {
        return new String(message.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
