package org.debugshop.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Direct access to the PostgreSQL and the Kafka of an instance, without its services. */
public record Engines(Shop shop) {

    private static final int POSTGRES = 5432;
    private static final int KAFKA = 9092;
    private static final Duration POLL = Duration.ofMillis(200);

    /** Converts the current row of a result. */
    public interface RowMapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    private Connection connect(String database) throws SQLException {
        var url = "jdbc:postgresql://localhost:%d/%s".formatted(POSTGRES + shop.offset(), database);
        var login = new Properties();
        login.putAll(Map.of("user", "shop", "password", password(), "connectTimeout", "5", "socketTimeout", "30"));
        return DriverManager.getConnection(url, login);
    }

    public void execute(String database, String sql) {
        try (var connection = connect(database); var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    public <T> List<T> query(String database, String sql, RowMapper<T> mapper) {
        try (var connection = connect(database); var rows = connection.createStatement().executeQuery(sql)) {
            var list = new ArrayList<T>();
            while (rows.next()) {
                list.add(mapper.map(rows));
            }
            return list;
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    public long number(String database, String sql) {
        return query(database, sql, row -> row.getLong(1)).getFirst();
    }

    /** Returns the password of the user {@code shop} in PostgreSQL. */
    public String password() {
        try {
            return Files.readString(shop.files().resolve("postgres/password")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Publishes a record, and returns where the broker has stored it. */
    public RecordMetadata publish(String topic, String key, String value) {
        var settings = Map.<String, Object>of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap());
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            return producer.send(new ProducerRecord<>(topic, key, value)).get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Returns whether a group has processed a record, and all before it in its partition. */
    public boolean isProcessed(RecordMetadata record, String group) {
        var settings = Map.<String, Object>of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap(), ConsumerConfig.GROUP_ID_CONFIG, group);
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition(record.topic(), record.partition());
            var committed = consumer.committed(Set.of(partition)).get(partition);
            return committed != null && committed.offset() > record.offset();
        }
    }

    /** Returns all records that a topic has now, in the order of each partition. */
    public List<ConsumerRecord<String, String>> all(String topic) {
        var settings = Map.<String, Object>of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap(),
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var partitions = consumer.listTopics().getOrDefault(topic, List.of()).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            var records = new ArrayList<ConsumerRecord<String, String>>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(POLL).forEach(records::add);
            }
            return records;
        }
    }

    private String bootstrap() {
        return "localhost:" + (KAFKA + shop.offset());
    }
}
