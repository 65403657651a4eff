package org.debugshop.checkout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReplacedDeadLettersTest {

    private static final String TOPIC = "orders.dead";
    private static final String REPLACED = "{\"version\":2,\"type\":\"order-placed\",\"id\":\"1\"}";
    private static final String OTHER = "{\"version\":2,\"type\":\"order-placed\",\"order_id\":\"1\"}";

    private final Map<TopicPartition, OffsetAndMetadata> marks = new HashMap<>();
    /** The mock itself forgets what was committed when partitions are assigned. */
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
            marks.putAll(offsets);
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
            return marks;
        }
    };
    private final ReplacedDeadLetters letters = new ReplacedDeadLetters(Map.of(), new ObjectMapper());

    @Test
    void shouldMarkThemUpToTheFirstLetterOfAnotherKind() {
        has(List.of(REPLACED, REPLACED, OTHER, REPLACED), List.of(REPLACED, REPLACED), List.of("no JSON", REPLACED), List.of());

        assertThat(letters.mark(consumer)).isEqualTo(4);

        assertThat(marks()).isEqualTo(Map.of(0, 2L, 1, 2L));
    }

    @Test
    void shouldBeginWhereTheLastReplayHasEnded() {
        has(List.of(OTHER, REPLACED), List.of(REPLACED));
        consumer.commitSync(Map.of(partition(0), new OffsetAndMetadata(1), partition(1), new OffsetAndMetadata(1)));

        assertThat(letters.mark(consumer)).isEqualTo(1);

        assertThat(marks()).isEqualTo(Map.of(0, 2L, 1, 1L));
    }

    @Test
    void shouldDoNothingWithoutDeadLetters() {
        assertThat(letters.mark(consumer)).isZero();
    }

    @SafeVarargs
    private void has(List<String>... partitions) {
        var all = IntStream.range(0, partitions.length).boxed().toList();
        consumer.updatePartitions(TOPIC,
                all.stream().map(number -> new PartitionInfo(TOPIC, number, Node.noNode(), new Node[0], new Node[0])).toList());
        all.forEach(number -> {
            consumer.updateBeginningOffsets(Map.of(partition(number), 0L));
            consumer.updateEndOffsets(Map.of(partition(number), (long) partitions[number].size()));
        });
        consumer.schedulePollTask(() -> all.forEach(number -> IntStream.range(0, partitions[number].size())
                .filter(offset -> offset >= consumer.position(partition(number)))
                .forEach(offset -> consumer.addRecord(new ConsumerRecord<>(TOPIC, number, offset, null,
                        partitions[number].get(offset).getBytes(UTF_8))))));
    }

    private Map<Integer, Long> marks() {
        return marks.entrySet().stream().collect(Collectors.toMap(mark -> mark.getKey().partition(), mark -> mark.getValue().offset()));
    }

    private static TopicPartition partition(int number) {
        return new TopicPartition(TOPIC, number);
    }
}
