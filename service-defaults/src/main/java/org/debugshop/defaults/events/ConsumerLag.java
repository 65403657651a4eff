package org.debugshop.defaults.events;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The lag of a consumer group, {@code shop_consumer_lag}: how many records of the topic the group has not committed yet, over all
 * replicas. It is updated every two seconds, and is NaN while the broker doesn't answer.
 */
public final class ConsumerLag {

    private static final Duration PERIOD = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** After this long without an answer the lag is unknown, even if no update has failed. */
    private static final Duration STALE = Duration.ofSeconds(10);

    /** Runs a query on the consumer's polling thread, because a consumer may only be used on that thread. */
    @FunctionalInterface
    public interface PollingThread {
        Uni<Double> ask(Function<Consumer<Object, Object>, Double> question);
    }

    private final PollingThread consumer;
    private final String topic;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile Answer answer = new Answer(Double.NaN, System.nanoTime());

    /** @param nanos when the answer arrived, by {@link System#nanoTime} */
    private record Answer(double records, long nanos) {

        double now() {
            return System.nanoTime() - nanos < STALE.toNanos() ? records : Double.NaN;
        }
    }

    /** Starts the updates, which go on as long as {@code vertx} runs. @param consumer a consumer of the group */
    public ConsumerLag(Vertx vertx, MeterRegistry registry, PollingThread consumer, String topic, String group) {
        this(vertx, consumer, topic);
        Gauge.builder("shop.consumer.lag", this, ConsumerLag::records).description("Records that the group has not processed yet")
                .tag("topic", topic).tag("group", group).strongReference(true).register(registry);
    }

    /** Likewise, without the gauge. */
    ConsumerLag(Vertx vertx, PollingThread consumer, String topic) {
        this.consumer = consumer;
        this.topic = topic;
        vertx.setPeriodic(PERIOD.toMillis(), _ -> look());
    }

    /** Not a number while the broker does not answer. */
    double records() {
        return answer.now();
    }

    private void look() {
        if (looking.compareAndSet(false, true)) {
            Uni.createFrom().deferred(() -> consumer.ask(this::count))
                    .onTermination().invoke(() -> looking.set(false))
                    .subscribe().with(this::note, noAnswer -> note(Double.NaN));
        }
    }

    private void note(double records) {
        answer = new Answer(records, System.nanoTime());
    }

    private double count(Consumer<Object, Object> consumer) {
        var partitions = consumer.partitionsFor(topic, PATIENCE).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .collect(Collectors.toSet());
        Map<TopicPartition, Long> from = new HashMap<>(consumer.beginningOffsets(partitions, PATIENCE));
        consumer.committed(partitions, PATIENCE).forEach((partition, committed) -> {
            if (committed != null) {
                // What the broker has removed since is not there to be processed.
                from.merge(partition, committed.offset(), Math::max);
            }
        });
        return consumer.endOffsets(partitions, PATIENCE).entrySet().stream().mapToLong(end -> end.getValue() - from.get(end.getKey()))
                .sum();
    }
}
