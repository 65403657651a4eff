package org.debugshop.engines;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** What a Kafka cluster says about itself, with the names of Prometheus's kafka_exporter. */
final class KafkaStatistics implements Exporter.Statistics {

    private static final int PATIENCE_MILLIS = 2_000;

    private final String servers;
    private Admin admin;

    /** @param servers {@code host:port} */
    KafkaStatistics(String servers) {
        this.servers = servers;
    }

    @Override
    public void addTo(Exposition all) throws ExecutionException, TimeoutException, InterruptedException {
        if (admin == null) {
            admin = Admin.create(Map.of(
                    AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers,
                    AdminClientConfig.CLIENT_ID_CONFIG, Exporter.NAME,
                    AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS,
                    AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS,
                    AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, PATIENCE_MILLIS / 2));
        }
        var brokers = get(admin.describeCluster().nodes());
        var topics = get(admin.describeTopics(get(admin.listTopics().names())).allTopicNames());
        var partitions = new TreeMap<String, Integer>();
        topics.forEach((topic, description) -> partitions.put(topic, description.partitions().size()));
        var ends = get(admin.listOffsets(topics.values().stream()
                .flatMap(topic -> topic.partitions().stream().map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest()))).all());
        var groups = get(admin.listGroups(ListGroupsOptions.forConsumerGroups()).all()).stream().map(group -> group.groupId()).sorted()
                .toList();
        var offsets = get(admin.listConsumerGroupOffsets(
                groups.stream().collect(Collectors.toMap(group -> group, _ -> new ListConsumerGroupOffsetsSpec()))).all());
        var members = get(admin.describeConsumerGroups(groups).all());

        all.gauge("kafka_brokers", "Brokers of the cluster", brokers.size());
        partitions.forEach((topic, count) -> all.gauge("kafka_topic_partitions", "Partitions of the topic", count, "topic", topic));
        inOrder(ends.keySet()).forEach(partition -> all.gauge("kafka_topic_partition_current_offset", "Records that the partition ever got",
                ends.get(partition).offset(), labels(partition)));
        groups.forEach(group -> {
            all.gauge("kafka_consumergroup_members", "Members of the group", members.get(group).members().size(), "consumergroup", group);
            var committed = offsets.get(group);
            inOrder(committed.keySet()).stream().filter(partition -> committed.get(partition) != null && ends.containsKey(partition))
                    .forEach(partition -> all.gauge("kafka_consumergroup_lag", "Records that the group has not processed yet",
                            Math.max(0, ends.get(partition).offset() - committed.get(partition).offset()),
                            "consumergroup", group, "topic", partition.topic(), "partition", Integer.toString(partition.partition())));
        });
    }

    private static String[] labels(TopicPartition partition) {
        return new String[]{"topic", partition.topic(), "partition", Integer.toString(partition.partition())};
    }

    private static List<TopicPartition> inOrder(Iterable<TopicPartition> partitions) {
        var all = new ArrayList<TopicPartition>();
        partitions.forEach(all::add);
        all.removeIf(partition -> partition.topic().startsWith("__"));
        all.sort(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
        return all;
    }

    private static <T> T get(KafkaFuture<T> answer) throws ExecutionException, TimeoutException, InterruptedException {
        return answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void addUnreachableTo(Exposition all) {
        all.gauge("kafka_brokers", "Brokers of the cluster", 0);
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }
}
