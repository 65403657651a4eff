package org.debugshop.checkout;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Marks the dead letters as replayed that are an {@link OrderAnnounced}, because their orders were announced again. The mark is the offset
 * of a consumer group, as for {@code ./shop events replay} (docs/events.md), so in each partition it ends at the first letter of another
 * kind, which waits as before.
 */
final class ReplacedDeadLetters {

    private static final String TOPIC = OrderPlaced.TOPIC + ".dead";
    private static final Duration POLL = Duration.ofMillis(200);
    /** The bound of one attempt. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** When it is attempted, in seconds: consumers may still have to read the last of these events. */
    private static final List<Integer> ATTEMPTS = List.of(1, 5, 15, 30, 60);

    private final Map<String, Object> settings;
    private final ObjectMapper json;

    /** @param kafka how to connect to the broker */
    ReplacedDeadLetters(Map<String, Object> kafka, ObjectMapper json) {
        this.settings = new HashMap<>(kafka);
        settings.putAll(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG, TOPIC + ".replay",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000,
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_500));
        this.json = json;
    }

    /** Begins in the background, and returns at once. */
    void mark() {
        Multi.createFrom().iterable(ATTEMPTS)
                .onItem().transformToUni(seconds -> Uni.createFrom().item(seconds)
                        .onItem().delayIt().by(Duration.ofSeconds(seconds))
                        .emitOn(Infrastructure.getDefaultWorkerPool())
                        .invoke(this::attempt))
                .merge(ATTEMPTS.size()).collect().last()
                .subscribe().with(_ -> {}, failure -> Log.debug("Dead letters could not be marked", failure));
    }

    private void attempt() {
        try (var consumer = new KafkaConsumer<byte[], byte[]>(settings)) {
            var count = mark(consumer);
            if (count > 0) {
                Log.infof("Marked %d dead letters of %s as replayed, because their orders were announced again", count, OrderPlaced.TOPIC);
            }
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        } catch (KafkaException away) {
            Log.debug("Dead letters could not be marked", away);
        }
    }

    /** Returns how many it has marked. */
    int mark(Consumer<byte[], byte[]> consumer) {
        var partitions = Optional.ofNullable(consumer.partitionsFor(TOPIC)).orElse(List.of()).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition())).collect(Collectors.toSet());
        consumer.assign(partitions);
        var replayed = consumer.committed(partitions);
        consumer.beginningOffsets(partitions).forEach((partition, first) -> consumer.seek(partition,
                Optional.ofNullable(replayed.get(partition)).map(known -> Math.max(first, known.offset())).orElse(first)));
        var ends = consumer.endOffsets(partitions);
        var open = new HashSet<>(partitions);
        open.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
        var marks = new HashMap<TopicPartition, OffsetAndMetadata>();
        var count = 0;
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (!open.isEmpty() && System.nanoTime() < end) {
            for (var letter : consumer.poll(POLL)) {
                var partition = new TopicPartition(letter.topic(), letter.partition());
                if (open.contains(partition) && isReplaced(letter.value())) {
                    marks.put(partition, new OffsetAndMetadata(letter.offset() + 1));
                    count++;
                    if (letter.offset() + 1 >= ends.get(partition)) {
                        open.remove(partition);
                    }
                } else {
                    open.remove(partition);
                }
            }
        }
        if (!marks.isEmpty()) {
            consumer.commitSync(marks);
        }
        return count;
    }

    private boolean isReplaced(byte[] value) {
        try {
            var event = value == null ? null : json.readTree(value);
            return event != null && OrderPlaced.TYPE.equals(event.path("type").asText()) && event.has("id") && !event.has("order_id");
        } catch (IOException notJson) {
            return false;
        }
    }
}
