package org.debugshop.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/** A small Kafka broker that is its own controller (KRaft): {@code Kafka <directory> <host> <port> <controller port>}. */
public final class Kafka {

    private Kafka() {}

    /**
     * Formats the storage if necessary, and runs the broker until the process is stopped.
     *
     * @param arguments the directory for its data, which is created if it is missing; the address to listen on; its port; the
     *        controller's port
     */
    public static void main(String[] arguments) throws IOException {
        var directory = Path.of(arguments[0]);
        var settings = directory.resolve("server.properties");
        Files.createDirectories(directory);
        try (var out = Files.newOutputStream(settings)) { // not a writer: Kafka reads ISO-8859-1, with escapes for other characters
            settings(fromHere(directory.resolve("data")), arguments[1], Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]))
                    .store(out, null);
        }
        if (!Files.exists(directory.resolve("data/meta.properties"))) {
            var format = StorageTool.execute(
                    new String[]{"format", "--ignore-formatted", "-t", clusterId(directory), "-c", settings.toString()}, System.out);
            if (format != 0) {
                System.exit(format);
            }
        }
        kafka.Kafka.main(new String[]{settings.toString()});
    }

    /** Returns the path relative to the working directory if it is inside, because Kafka would split a path at a comma. */
    private static Path fromHere(Path path) {
        var here = Path.of("").toAbsolutePath();
        return path.startsWith(here) ? here.relativize(path) : path;
    }

    /** Returns the id of the cluster. It must not change, because Kafka refuses to format the storage with another one. */
    private static String clusterId(Path directory) throws IOException {
        var file = directory.resolve("cluster-id");
        if (!Files.exists(file) || Files.size(file) == 0) {
            Files.writeString(file, Uuid.randomUuid().toString());
        }
        return Files.readString(file).strip();
    }

    private static Properties settings(Path data, String host, int port, int controllerPort) {
        var settings = new Properties();
        settings.setProperty("process.roles", "broker,controller");
        settings.setProperty("node.id", "1");
        settings.setProperty("listeners", "PLAINTEXT://%s:%d,CONTROLLER://%s:%d".formatted(host, port, host, controllerPort));
        settings.setProperty("advertised.listeners", "PLAINTEXT://localhost:" + port);
        settings.setProperty("controller.listener.names", "CONTROLLER");
        settings.setProperty("controller.quorum.voters", "1@%s:%d".formatted(host, controllerPort));
        settings.setProperty("log.dirs", data.toString());
        settings.setProperty("num.partitions", "3");
        for (var topic : new String[]{"default.replication.factor", "offsets.topic.replication.factor",
                "transaction.state.log.replication.factor",
                "transaction.state.log.min.isr", "share.coordinator.state.topic.replication.factor",
                "share.coordinator.state.topic.min.isr"}) {
            settings.setProperty(topic, "1");
        }
        settings.setProperty("offsets.topic.num.partitions", "3");
        // The first consumer need not wait for others. A consumer that was killed is removed after six seconds.
        settings.setProperty("group.initial.rebalance.delay.ms", "0");
        settings.setProperty("group.min.session.timeout.ms", "1000");
        settings.setProperty("log.retention.hours", "168");
        settings.setProperty("log.retention.bytes", Integer.toString(64 * 1024 * 1024));
        settings.setProperty("log.segment.bytes", Integer.toString(16 * 1024 * 1024));
        settings.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(4 * 1024 * 1024));
        settings.setProperty("log.index.size.max.bytes", Integer.toString(1024 * 1024));
        settings.setProperty("num.network.threads", "1");
        settings.setProperty("num.io.threads", "2");
        settings.setProperty("num.replica.fetchers", "1");
        settings.setProperty("background.threads", "2");
        settings.setProperty("num.recovery.threads.per.data.dir", "1");
        settings.setProperty("message.max.bytes", Integer.toString(1024 * 1024));
        return settings;
    }
}
