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
 * How far a consumer group is behind: {@code shop_consumer_lag}, the records of the topic that it has not committed yet, whichever
 * replica they are for. Looked up every two seconds; not a number while the broker does not answer.
 */
public final class ConsumerLag {

    private static final Duration PERIOD = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** After so long without an answer nothing is known, also when no look-up has failed. */
    private static final Duration STALE = Duration.ofSeconds(10);

    /** A consumer may be asked on the thread only that it polls on. */
    @FunctionalInterface
    public interface PollingThread {
        Uni<Double> ask(Function<Consumer<Object, Object>, Double> question);
    }

    private final PollingThread consumer;
    private final String topic;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile Answer answer = new Answer(Double.NaN, System.nanoTime());

    /** @param nanos when it came, of {@link System#nanoTime} */
    private record Answer(double records, long nanos) {

        double now() {
            return System.nanoTime() - nanos < STALE.toNanos() ? records : Double.NaN;
        }
    }

    /** Begins to look, and goes on as long as {@code vertx} does. @param consumer of the group */
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
        var partitions = consumer.partitionsFor(topic, PATIENCE).stream().map(each -> new TopicPartition(each.topic(), each.partition()))
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
