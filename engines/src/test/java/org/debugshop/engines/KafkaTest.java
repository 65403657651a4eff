package org.debugshop.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"größe", "a,b", "two words, $HOME 'c' \"d\" %20 #e \\f"})
    void shouldKeepItsDataInAFolderOfAnyName(String name) throws Exception {
        var checkout = Files.createDirectory(directory.resolve(name));

        var broker = Program.start(Kafka.class, checkout,
                List.of(checkout.resolve("kafka").toString(), "127.0.0.1", Integer.toString(free()), Integer.toString(free())));
        try {
            await().atMost(Duration.ofSeconds(120)).until(() -> broker.said().contains("Kafka Server started"));
        } finally {
            broker.process().destroyForcibly().waitFor();
        }

        assertThat(checkout.resolve("kafka/data/meta.properties")).exists();
        assertThat(directory).isDirectoryNotContaining(each -> !each.equals(checkout));
        assertThat(checkout).isDirectoryNotContaining(each -> !List.of("kafka", "output.txt").contains(each.getFileName().toString()));
    }

    private static int free() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
