package org.debugshop.engines;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Lists and replays dead letters (docs/events.md): {@code DeadLetters <bootstrap servers> list|dry-run|replay}.
 *
 * <p>The progress of replays is stored in Kafka as the offsets of a consumer group. So a second run has nothing to do, and an
 * interrupted run continues where it stopped. It may send some records twice, but consumers process them once.
 */
public final class DeadLetters {

    /** The suffix of a topic of dead letters; before it is the topic of the records. */
    private static final String DEAD = ".dead";
    /** The suffix of the consumer group whose offsets mark what was replayed; before it is the topic of dead letters. */
    private static final String REPLAY = ".replay";
    /** The prefix of the headers that the consumers and their connector have added to the original record. */
    private static final String ADDED = "dead-letter-";
    /** The header that names the consumer group that must process the record again; the other groups skip it. */
    private static final String REPLAY_GROUP = "replay-group";

    private static final int PATIENCE_MILLIS = 10_000;
    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;
    private final String deadTopic;
    private final PrintStream out;

    private DeadLetters(Consumer<byte[], byte[]> consumer, String deadTopic, PrintStream out) {
        this.consumer = consumer;
        this.deadTopic = deadTopic;
        this.out = out;
    }

    /** Processes a batch of dead letters. */
    private interface Work {
        void on(List<ConsumerRecord<byte[], byte[]>> letters) throws ExecutionException, InterruptedException;
    }

    /** @param arguments the bootstrap servers and the command */
    public static void main(String[] arguments) throws InterruptedException {
        System.setProperty("log4j2.configurationFile", "quiet-log4j2.properties");
        System.exit(run(arguments[0], arguments[1]));
    }

    private static int run(String servers, String command) throws InterruptedException {
        var what = switch (command) {
            case "list" -> "dead letters wait. ./shop events replay sends them back to their topics.";
            case "dry-run" -> "dead letters would be sent back to their topics.";
            case "replay" -> "dead letters were sent back to their topics. One that fails again comes back as a new dead letter.";
            default -> throw new IllegalArgumentException(command);
        };
        try {
            var count = 0;
            for (var topic : topics(servers)) {
                try (var consumer = consumer(servers, topic + REPLAY)) {
                    var letters = new DeadLetters(consumer, topic, System.out);
                    count += command.equals("replay") ? letters.replay(servers) : letters.list();
                }
            }
            System.out.println(summary(count, what));
            return 0;
        } catch (KafkaException | ExecutionException failure) {
            System.err.println("shop: Kafka at " + servers + " failed: " + failure.getMessage()
                    + ". The progress is saved; run the same command again for the rest.");
            return 1;
        }
    }

    /** Returns the topics of dead letters, by name. */
    private static List<String> topics(String servers) {
        try (var consumer = consumer(servers, null)) {
            return consumer.listTopics().keySet().stream().filter(topic -> topic.endsWith(DEAD)).sorted().toList();
        }
    }

    /** Prints the dead letters, and returns how many there are. */
    private int list() throws ExecutionException, InterruptedException {
        return read(letters -> letters.forEach(this::print));
    }

    /** Sends the dead letters back, and returns how many that were. */
    private int replay(String servers) throws ExecutionException, InterruptedException {
        try (var producer = new KafkaProducer<>(producerSettings(servers), new ByteArraySerializer(), new ByteArraySerializer())) {
            return read(letters -> {
                var sent = new ArrayList<Future<RecordMetadata>>();
                for (var letter : letters) {
                    print(letter);
                    sent.add(producer.send(original(letter)));
                }
                for (var result : sent) {
                    result.get();
                }
                consumer.commitSync(letters.stream().collect(Collectors.toMap(DeadLetters::partition,
                        letter -> new OffsetAndMetadata(letter.offset() + 1), (earlier, later) -> later)));
            });
        }
    }

    private static String summary(int count, String what) {
        return count == 0 ? "There are no dead letters." : count + " " + (count == 1 ? singular(what) : what);
    }

    private static String singular(String what) {
        return what.replace("letters wait", "letter waits").replace("letters", "letter").replace("were", "was").replace("them", "it")
                .replace("their topics", "its topic");
    }

    /** Passes the dead letters that were not replayed yet to {@code work}, in batches. @return how many there were */
    private int read(Work work) throws ExecutionException, InterruptedException {
        var partitions = consumer.partitionsFor(deadTopic).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition())).collect(Collectors.toSet());
        consumer.assign(partitions);
        var replayed = consumer.committed(partitions);
        consumer.beginningOffsets(partitions).forEach((partition, first) -> consumer.seek(partition,
                Optional.ofNullable(replayed.get(partition)).map(committed -> Math.max(first, committed.offset())).orElse(first)));
        // Dead letters that arrive during the run are left out: a record that fails again at once would be replayed for ever.
        var ends = consumer.endOffsets(partitions);
        var count = 0;
        while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
            var letters = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            consumer.poll(POLL).forEach(letter -> {
                if (letter.offset() < ends.get(partition(letter))) {
                    letters.add(letter);
                }
            });
            if (!letters.isEmpty()) {
                work.on(letters);
                count += letters.size();
            }
        }
        return count;
    }

    private void print(ConsumerRecord<byte[], byte[]> letter) {
        out.printf("%s  %s, partition %s, offset %s, group %s, key %s%n  %s%s%n",
                header(letter, ADDED + "time").orElseGet(() -> Instant.ofEpochMilli(letter.timestamp()).toString()),
                topic(letter), header(letter, ADDED + "partition").orElse("?"), header(letter, ADDED + "offset").orElse("?"),
                header(letter, ADDED + "group").orElse("?"),
                letter.key() == null ? "none" : printable(new String(letter.key(), StandardCharsets.UTF_8)),
                header(letter, ADDED + "reason").orElse("no reason"),
                header(letter, "traceparent").filter(context -> context.matches("00-[0-9a-f]{32}-.*"))
                        .map(context -> ", trace " + context.substring(3, 35)).orElse(""));
    }

    private ProducerRecord<byte[], byte[]> original(ConsumerRecord<byte[], byte[]> letter) {
        var record = new ProducerRecord<>(topic(letter), letter.key(), letter.value());
        letter.headers().forEach(header -> {
            if (!header.key().startsWith(ADDED) && !header.key().equals(REPLAY_GROUP)) {
                record.headers().add(header);
            }
        });
        // Without this header, all groups would process the record, although the others already do so.
        header(letter, ADDED + "group").ifPresent(group -> record.headers().add(REPLAY_GROUP, group.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    private String topic(ConsumerRecord<?, ?> letter) {
        return header(letter, ADDED + "topic").orElseGet(() -> deadTopic.substring(0, deadTopic.length() - DEAD.length()));
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> letter) {
        return new TopicPartition(letter.topic(), letter.partition());
    }

    private static Optional<String> header(ConsumerRecord<?, ?> letter, String name) {
        return Optional.ofNullable(letter.headers().lastHeader(name)).map(header -> new String(header.value(), StandardCharsets.UTF_8))
                .map(DeadLetters::printable);
    }

    /** Replaces control characters, because the text of a record must not control the terminal. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    /** @param group null if the consumer only looks for topics */
    private static Consumer<byte[], byte[]> consumer(String servers, String group) {
        var settings = settings(servers, Map.of(
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 100,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS));
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Map<String, Object> producerSettings(String servers) {
        return settings(servers, Map.of(
                ProducerConfig.ACKS_CONFIG, "all",
                ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MILLIS,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS));
    }

    private static Map<String, Object> settings(String servers, Map<String, Object> own) {
        var settings = new HashMap<>(own);
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
        settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS / 2);
        return settings;
    }
}
