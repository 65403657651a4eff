package org.debugshop.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures real engines. */
class ExporterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    Path directory;

    private Exporter exporter;

    @Test
    void shouldServeWhatPostgresSaysAndThatItIsAway() throws Exception {
        var postgres = EmbeddedPostgres.builder().setServerConfig("max_connections", "17").start();
        try (var _ = exporter(Map.of("pg",
                new PostgresStatistics("postgresql://localhost:" + postgres.getPort() + "/postgres", "postgres", "postgres")))) {
            has("pg_up 1.0", "pg_settings_max_connections 17.0", "pg_settings_default_transaction_read_only 0.0",
                    "pg_replication_is_replica 0.0", "pg_stat_database_numbackends{datname=\"postgres\"}",
                    "# TYPE pg_stat_database_xact_commit counter");
            assertThat(get("/metrics")).doesNotContain("template0");

            try (var holder = connect(postgres, "a-\"holder\""); var waiter = connect(postgres, "a-waiter")) {
                holder.setAutoCommit(false);
                holder.createStatement().execute("create table note (id int)");
                holder.commit();
                holder.createStatement().execute("lock table note in access exclusive mode");
                var waiting = CompletableFuture.runAsync(() -> lockAndGiveUp(waiter));

                has("pg_stat_activity_count{datname=\"postgres\",application_name=\"a-\\\"holder\\\"\",state=\"idle in transaction\","
                        + "wait_event_type=\"Client\"} 1.0",
                        "pg_stat_activity_count{datname=\"postgres\",application_name=\"a-waiter\",state=\"active\","
                                + "wait_event_type=\"Lock\"} 1.0",
                        "pg_stat_activity_max_tx_duration{datname=\"postgres\",application_name=\"a-\\\"holder\\\"\"",
                        "pg_locks_waiting_count{datname=\"postgres\",mode=\"accesssharelock\"} 1.0",
                        "pg_locks_count{datname=\"postgres\",mode=\"accessexclusivelock\"} 1.0",
                        "pg_blocked_count{datname=\"postgres\",application_name=\"a-waiter\",blocked_by=\"a-\\\"holder\\\"\"} 1.0");
                assertThat(served("pg_")).isEqualTo(listed("pg_"));
                holder.rollback();
                waiting.join();
            }
            has("pg_locks_count");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(get("/metrics")).doesNotContain("pg_blocked_count", "a-waiter"));

            postgres.close();
            await("pg_up 0").atMost(PATIENCE).untilAsserted(() -> assertThat(get("/metrics")).contains("pg_up 0.0\n")
                    .doesNotContain("pg_stat", "pg_settings"));
            assertThat(get("/health/ready")).isEqualTo("{\"status\":\"UP\"}");
        } finally {
            postgres.close();
        }
    }

    private static void lockAndGiveUp(Connection waiter) {
        try {
            waiter.createStatement().executeQuery("select * from note");
        } catch (SQLException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static Connection connect(EmbeddedPostgres postgres, String name) throws SQLException {
        var connection = DriverManager.getConnection("jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres", "postgres",
                "postgres");
        connection.setClientInfo("ApplicationName", name);
        return connection;
    }

    @Test
    @Tag("nightly")
    void shouldServeWhatKafkaSaysAndThatItIsAway() throws Exception {
        try (var port = held(); var controllerPort = held()) {
            var broker = Program.start(Kafka.class, directory, List.of(directory.resolve("kafka").toString(), "127.0.0.1",
                    Integer.toString(port.getLocalPort()), Integer.toString(controllerPort.getLocalPort())));
            var servers = "localhost:" + port.getLocalPort();
            try (var _ = exporter(Map.of("kafka", new KafkaStatistics(servers)))) {
                await().atMost(PATIENCE).until(() -> broker.printed().contains("Kafka Server started"));
                orders(servers);

                has("kafka_brokers 1.0", "kafka_topic_partitions{topic=\"orders\"} 1.0",
                        "kafka_topic_partition_current_offset{topic=\"orders\",partition=\"0\"} 3.0",
                        "kafka_consumergroup_lag{consumergroup=\"receipts\",topic=\"orders\",partition=\"0\"} 2.0",
                        "kafka_consumergroup_members{consumergroup=\"receipts\"} 0.0", "kafka_exporter_last_scrape_duration_seconds");
                assertThat(get("/metrics")).doesNotContain("topic=\"__");
                assertThat(served("kafka_")).isEqualTo(listed("kafka_"));

                broker.process().destroyForcibly().waitFor();
                await("no broker").atMost(PATIENCE).untilAsserted(
                        () -> assertThat(get("/metrics")).contains("kafka_brokers 0.0\n").doesNotContain("kafka_consumergroup",
                                "kafka_topic"));
            } finally {
                broker.process().destroyForcibly().waitFor();
            }
        }
    }

    /** Writes three orders, of which a group has processed one. */
    private static void orders(String servers) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", servers));
                var producer = new KafkaProducer<>(Map.of("bootstrap.servers", servers), new StringSerializer(), new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1))).all().get();
            for (var i = 0; i < 3; i++) {
                producer.send(new ProducerRecord<>("orders", "key", "event")).get();
            }
            var committed = Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(1));
            await().atMost(PATIENCE).ignoreExceptions()
                    .until(() -> admin.alterConsumerGroupOffsets("receipts", committed).all().get() == null);
        }
    }

    private Exporter exporter(Map<String, Exporter.Statistics> engines) throws IOException {
        exporter = new Exporter("127.0.0.1", 0, engines);
        return exporter;
    }

    private void has(String... lines) {
        await(String.join(", ", lines)).atMost(PATIENCE).untilAsserted(() -> assertThat(get("/metrics")).contains(lines));
    }

    /** Returns the names of the metrics with this prefix. */
    private Set<String> served(String prefix) throws IOException, InterruptedException {
        return get("/metrics").lines().filter(line -> line.startsWith(prefix)).map(line -> line.replaceFirst("[{ ].*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns those that the documentation lists. */
    private static Set<String> listed(String prefix) throws IOException {
        return Files.readAllLines(Path.of("../docs/telemetry.md")).stream().filter(line -> line.startsWith("| `" + prefix))
                .map(line -> line.split("`")[1]).collect(Collectors.toCollection(TreeSet::new));
    }

    private String get(String path) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + exporter.port() + path)).timeout(PATIENCE).build(),
                    BodyHandlers.ofString()).body();
        }
    }

    /** Keeps a port for Kafka: the system gives it to nothing else while it is bound. */
    private static Socket held() throws IOException {
        var port = new Socket();
        port.setReuseAddress(true); // as Kafka does, which lets both bind it
        port.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return port;
    }
}
