package org.debugshop.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaTest {

    @TempDir
    Path directory;

    @Test
    @Tag("nightly")
    void shouldKeepItsDataInAFolderOfAnyName() throws Exception {
        var checkout = Files.createDirectory(directory.resolve("größe,a two words, $HOME 'c' \"d\" %20 #e \\f"));

        try (var port = held(); var controllerPort = held()) {
            var broker = Program.start(Kafka.class, checkout, List.of(checkout.resolve("kafka").toString(), "127.0.0.1",
                    Integer.toString(port.getLocalPort()), Integer.toString(controllerPort.getLocalPort())));
            try {
                await().atMost(Duration.ofSeconds(120)).until(() -> broker.printed().contains("Kafka Server started"));
            } finally {
                broker.process().destroyForcibly().waitFor();
            }
        }

        assertThat(checkout.resolve("kafka/data/meta.properties")).exists();
        assertThat(directory).isDirectoryNotContaining(file -> !file.equals(checkout));
        assertThat(checkout).isDirectoryNotContaining(file -> !List.of("kafka", "output.txt").contains(file.getFileName().toString()));
    }

    /** Keeps a port for Kafka: the system gives it to nothing else while it is bound. */
    private static Socket held() throws IOException {
        var port = new Socket();
        port.setReuseAddress(true); // as Kafka does, which lets both bind it
        port.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return port;
    }
}
