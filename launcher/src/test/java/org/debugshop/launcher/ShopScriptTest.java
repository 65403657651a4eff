package org.debugshop.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./shop} itself, in a fresh checkout whose Maven takes until it is told to finish. */
class ShopScriptTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path checkout;

    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void layOut() throws IOException {
        Files.copy(Path.of(System.getProperty("basedir", ""), "../shop"), checkout.resolve("shop"));
        var maven = checkout.resolve("mvnw");
        Files.writeString(maven, """
                #!/bin/sh
                echo build >>builds.txt
                until [ -e finish ]; do sleep 0.05; done
                touch launcher/target/launcher.jar
                echo '[INFO] BUILD SUCCESS'
                """);
        assertThat(maven.toFile().setExecutable(true)).isTrue();
        Files.createDirectories(checkout.resolve("launcher/src/main"));
        Files.writeString(checkout.resolve("pom.xml"), "");
        Files.writeString(checkout.resolve("launcher/pom.xml"), "");
        Files.createDirectory(checkout.resolve(".shop"));
    }

    @AfterEach
    void leaveNothingBehind() throws IOException, InterruptedException {
        Files.writeString(checkout.resolve("finish"), "");
        for (var process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldBuildTheLauncherOnceForTwoThatStartAtOnce() throws Exception {
        var first = shop("one.txt");
        await().atMost(PATIENCE).until(() -> Files.exists(checkout.resolve("builds.txt")));
        var second = shop("two.txt");
        await().atMost(PATIENCE).until(
                () -> Files.readString(checkout.resolve("two.txt")).contains("Waiting for another ./shop (pid " + first.pid() + ")"));

        Files.writeString(checkout.resolve("finish"), "");

        assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(checkout.resolve("builds.txt")).hasContent("build");
        assertThat(Files.readString(checkout.resolve("two.txt"))).doesNotContain("Building the launcher");
        assertThat(checkout.resolve(".shop")).isDirectoryNotContaining("glob:**.lock*");
    }

    @Test
    void shouldTakeOverTheLockOfABuilderThatWasKilled() throws Exception {
        var killed = new ProcessBuilder("true").start();
        killed.waitFor();
        Files.createSymbolicLink(checkout.resolve(".shop/launcher-build.lock"), Path.of(Long.toString(killed.pid())));
        Files.writeString(checkout.resolve("finish"), "");

        assertThat(shop("one.txt").waitFor(60, TimeUnit.SECONDS)).isTrue();

        assertThat(checkout.resolve("builds.txt")).hasContent("build");
        assertThat(checkout.resolve(".shop")).isDirectoryNotContaining("glob:**.lock*");
    }

    @Test
    void shouldKeepHeadersAndPasswordsOffTheCommandLine() throws Exception {
        var jdk = Files.createDirectories(checkout.resolve("jdk/bin")).getParent();
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"99\"\n");
        for (var name : List.of("java", "javac")) {
            Files.writeString(jdk.resolve("bin").resolve(name), "#!/bin/sh\necho \"$@\"\nenv | grep ^FORWARD\n");
            assertThat(jdk.resolve("bin").resolve(name).toFile().setExecutable(true)).isTrue();
        }
        Files.writeString(checkout.resolve("finish"), "");
        var up = new ProcessBuilder("bash", "./shop", "up", "-d", "--otlp-header", "a=b=c, d%$e", "--otlp-header=f=g", "--otlp-header",
                "bad",
                "--otlp-endpoint", "https://me:pass@example.com", "--only", "x y").directory(checkout.toFile()).redirectErrorStream(true);
        up.environment().put("JAVA_HOME", jdk.toString());

        var process = up.start();
        started.add(process);

        assertThat(process.inputReader().readAllAsString()).contains("Shop up -d --otlp-header=bad --only x y\n",
                "FORWARD_OTLP_ENDPOINT=https://me:pass@example.com\n", "FORWARD_OTLP_HEADERS=a=b=c%2C d%25%24e,f=g\n");
    }

    /** Its launcher is an empty jar, so what follows the build fails at once. */
    private Process shop(String output) throws IOException {
        var process = new ProcessBuilder("bash", "./shop", "up").directory(checkout.toFile()).redirectErrorStream(true)
                .redirectOutput(checkout.resolve(output).toFile()).start();
        started.add(process);
        return process;
    }
}
