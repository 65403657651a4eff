package org.debugshop.defaults.events;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How many records of a topic were put aside and not replayed yet: {@code shop_dead_letters_waiting}. {@code ./shop events replay} notes in
 * Kafka, as the offsets of a consumer group, how far it has come, so what waits is the lag of that group. Kafka returns the offsets of a
 * group to a consumer of that group only, so this has one, which reads nothing.
 */
public final class DeadLetters implements AutoCloseable {

    private final Map<String, Object> settings;
    private boolean closed;
    private volatile Consumer<Object, Object> consumer;

    /**
     * Begins to look, and goes on as long as {@code vertx} does.
     *
     * @param kafka how to connect to the broker
     * @param topic of the records, not of the dead letters
     */
    public DeadLetters(Vertx vertx, MeterRegistry registry, Map<String, Object> kafka, String topic) {
        settings = new HashMap<>(kafka);
        settings.putAll(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG, topic + ".dead.replay",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false));
        var lag = new ConsumerLag(vertx, question -> ask(vertx, question), topic + ".dead");
        Gauge.builder("shop.dead.letters.waiting", lag, ConsumerLag::records).description("Records that were put aside and not replayed")
                .tag("topic", topic).strongReference(true).register(registry);
    }

    private Uni<Double> ask(Vertx vertx, Function<Consumer<Object, Object>, Double> question) {
        return vertx.executeBlocking(() -> answer(question));
    }

    /** The consumer is made here, since that fails as long as the name of the broker is unknown. */
    private synchronized Double answer(Function<Consumer<Object, Object>, Double> question) {
        if (closed) {
            return Double.NaN;
        }
        if (consumer == null) {
            consumer = new KafkaConsumer<>(settings);
        }
        return question.apply(consumer);
    }

    @Override
    public void close() {
        var waiting = consumer;
        if (waiting != null) {
            // It may wait for the broker, and then gives up.
            waiting.wakeup();
        }
        closeWhenIdle();
    }

    private synchronized void closeWhenIdle() {
        closed = true;
        if (consumer != null) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }
}
