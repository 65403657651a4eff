package org.debugshop.defaults.events;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * How many records wait in Kafka: for a consumer group, over all replicas ({@code shop_consumer_lag}), and, because they were put aside, for
 * a replay ({@code shop_dead_letters_waiting}). {@code ./shop events replay} notes as the offsets of a group how far it has come, so that is
 * the lag of a group as well. The gauges are updated every two seconds, and are NaN while the broker doesn't answer.
 *
 * <p>This has a connection of its own. On a consumer's connection, the broker answers only after the request for records, which it keeps for
 * seconds while there are none.
 */
public final class Backlog implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(2);
    private static final int PATIENCE_MILLIS = 2_000;
    /** After this long without an answer the lags are unknown, even if no update has failed. */
    private static final Duration STALE = Duration.ofSeconds(10);

    /** A consumer group, and the topic that it reads. */
    record Group(String id, String topic) {}

    /** Returns the lag of each group. It may block, and fail. */
    @FunctionalInterface
    interface Source {
        Map<Group, Long> lags(Set<Group> groups) throws ExecutionException, TimeoutException, InterruptedException;
    }

    /** @param nanos when the answer arrived, by {@link System#nanoTime} */
    private record Answer(Map<Group, Long> lags, long nanos) {

        double of(Group group) {
            var lag = System.nanoTime() - nanos < STALE.toNanos() ? lags.get(group) : null;
            return lag == null ? Double.NaN : lag;
        }
    }

    private final Vertx vertx;
    private final Source source;
    private final Runnable onClose;
    private final Set<Group> groups = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile Answer answer = new Answer(Map.of(), System.nanoTime());

    /**
     * Begins to look, and goes on as long as {@code vertx} does.
     *
     * @param kafka how to connect to the broker
     */
    public Backlog(Vertx vertx, Map<String, Object> kafka) {
        this(vertx, new Broker(kafka));
    }

    private Backlog(Vertx vertx, Broker broker) {
        this(vertx, broker, broker::close);
    }

    Backlog(Vertx vertx, Source source, Runnable onClose) {
        this.vertx = vertx;
        this.source = source;
        this.onClose = onClose;
        vertx.setPeriodic(PERIOD.toMillis(), _ -> look());
    }

    /** Adds the gauges of a group that reads a topic. */
    public void measure(String topic, String group, MeterRegistry registry) {
        gauge("shop.consumer.lag", "Records that the group has not processed yet", new Group(group, topic),
                Tags.of("topic", topic, "group", group), registry);
        gauge("shop.dead.letters.waiting", "Records that were put aside and not replayed",
                new Group(topic + ".dead.replay", topic + ".dead"),
                Tags.of("topic", topic), registry);
    }

    private void gauge(String name, String description, Group group, Tags tags, MeterRegistry registry) {
        groups.add(group);
        Gauge.builder(name, this, backlog -> backlog.answer.of(group)).description(description).tags(tags).strongReference(true)
                .register(registry);
    }

    private void look() {
        if (looking.compareAndSet(false, true)) {
            vertx.executeBlocking(() -> source.lags(Set.copyOf(groups)))
                    .onTermination().invoke(() -> looking.set(false))
                    .onFailure().recoverWithItem(Map.of())
                    .subscribe().with(lags -> answer = new Answer(lags, System.nanoTime()));
        }
    }

    @Override
    public void close() {
        onClose.run();
    }

    /** Asks a Kafka cluster. */
    private static final class Broker implements Source {

        private final Supplier<Admin> connect;
        private Admin admin;
        private boolean closed;

        Broker(Map<String, Object> kafka) {
            var settings = new HashMap<>(kafka);
            settings.putAll(Map.of(
                    AdminClientConfig.CLIENT_ID_CONFIG, "backlog",
                    AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS,
                    AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS,
                    AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, PATIENCE_MILLIS / 2));
            connect = () -> Admin.create(settings);
        }

        @Override
        public Map<Group, Long> lags(Set<Group> groups) throws ExecutionException, TimeoutException, InterruptedException {
            var client = client();
            var partitions = partitions(client, groups.stream().map(Group::topic).collect(Collectors.toSet()));
            var all = partitions.values().stream().flatMap(List::stream).toList();
            var committed = get(client.listConsumerGroupOffsets(
                    groups.stream().collect(Collectors.toMap(Group::id, _ -> new ListConsumerGroupOffsetsSpec()))).all());
            var first = get(client.listOffsets(each(all, OffsetSpec.earliest())).all());
            // Last, so that no group is further.
            var next = get(client.listOffsets(each(all, OffsetSpec.latest())).all());
            return groups.stream().collect(Collectors.toMap(group -> group, group -> partitions.get(group.topic()).stream()
                    // What the broker has removed since is not there to be processed.
                    .mapToLong(partition -> next.get(partition).offset()
                            - Math.max(first.get(partition).offset(), offset(committed.get(group.id()), partition)))
                    .sum()));
        }

        /** The client is made here, since that fails as long as the name of the broker is unknown. */
        private synchronized Admin client() {
            if (closed) {
                throw new IllegalStateException("The service ends");
            }
            if (admin == null) {
                admin = connect.get();
            }
            return admin;
        }

        /** Returns the partitions of each topic; none if it does not exist, as it is with dead letters at first. */
        private static Map<String, List<TopicPartition>> partitions(Admin client, Set<String> topics)
                throws ExecutionException, TimeoutException, InterruptedException {
            Map<String, List<TopicPartition>> partitions = new HashMap<>();
            for (var answer : client.describeTopics(topics).topicNameValues().entrySet()) {
                var topic = answer.getKey();
                try {
                    partitions.put(topic, get(answer.getValue()).partitions().stream()
                            .map(partition -> new TopicPartition(topic, partition.partition())).toList());
                } catch (ExecutionException failed) {
                    if (!(failed.getCause() instanceof UnknownTopicOrPartitionException)) {
                        throw failed;
                    }
                    partitions.put(topic, List.of());
                }
            }
            return partitions;
        }

        private static Map<TopicPartition, OffsetSpec> each(List<TopicPartition> partitions, OffsetSpec position) {
            return partitions.stream().collect(Collectors.toMap(partition -> partition, _ -> position));
        }

        /** Returns 0 if the group has not committed an offset. */
        private static long offset(Map<TopicPartition, OffsetAndMetadata> committed, TopicPartition partition) {
            var offset = committed.get(partition);
            return offset == null ? 0 : offset.offset();
        }

        private static <T> T get(KafkaFuture<T> answer) throws ExecutionException, TimeoutException, InterruptedException {
            return answer.get(PATIENCE_MILLIS, MILLISECONDS);
        }

        synchronized void close() {
            closed = true;
            if (admin != null) {
                admin.close(Duration.ZERO);
            }
        }
    }
}
