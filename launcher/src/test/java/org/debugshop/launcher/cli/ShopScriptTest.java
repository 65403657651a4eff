package org.debugshop.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script {@code ./shop} in a new checkout. Its Maven is a stand-in that waits for a file {@code finish}. */
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
                echo "$HOME" >homes.txt
                echo "$MAVEN_OPTS" >options.txt
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
    void shouldBuildTheLauncherOnceForTwoSimultaneousStarts() throws Exception {
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
    void shouldTakeOverTheLockOfAKilledBuild() throws Exception {
        var killed = new ProcessBuilder("true").start();
        killed.waitFor();
        Files.createSymbolicLink(checkout.resolve(".shop/launcher-build.lock"), Path.of(Long.toString(killed.pid())));
        Files.writeString(checkout.resolve("finish"), "");

        assertThat(shop("one.txt").waitFor(60, TimeUnit.SECONDS)).isTrue();

        assertThat(checkout.resolve("builds.txt")).hasContent("build");
        assertThat(checkout.resolve(".shop")).isDirectoryNotContaining("glob:**.lock*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@1"})
    void shouldTakeOverTheLockOfAKilledBuildWhosePidIsReused(String startedAt) throws Exception {
        var stranger = new ProcessBuilder("sleep", "600").start();
        started.add(stranger);
        Files.createSymbolicLink(checkout.resolve(".shop/launcher-build.lock"), Path.of(stranger.pid() + startedAt));
        Files.writeString(checkout.resolve("finish"), "");

        assertThat(shop("one.txt").waitFor(60, TimeUnit.SECONDS)).isTrue();

        assertThat(checkout.resolve("builds.txt")).hasContent("build");
        assertThat(stranger.isAlive()).isTrue();
    }

    /** {@code kill -0} fails for processes of other users, so the script must not conclude that there is no such process. */
    @Test
    void shouldNotTakeTheLockOfAnotherUsersBuild() throws Exception {
        var first = shop("one.txt");
        await().atMost(PATIENCE).until(() -> Files.exists(checkout.resolve("builds.txt")));
        var script = checkout.resolve("shop");
        Files.writeString(script, Files.readString(script).replaceFirst("\n", "\nkill() { return 1; }\n"));

        var second = shop("two.txt");
        await().atMost(PATIENCE).until(() -> !second.isAlive() || Files.readString(checkout.resolve("two.txt")).contains("Waiting for"));
        Files.writeString(checkout.resolve("finish"), "");

        assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(checkout.resolve("builds.txt")).hasContent("build");
    }

    @Test
    void shouldWorkWithoutAHomeDirectory() throws Exception {
        Files.writeString(checkout.resolve("finish"), "");

        assertThat(run(environment -> environment.remove("HOME"))).doesNotContain("unbound");
        assertThat(Files.readString(checkout.resolve("homes.txt"))).startsWith("/");
    }

    @Test
    void shouldKeepMavensDownloadsInTheCheckoutIfThereIsNoHomeDirectory() throws Exception {
        Files.writeString(checkout.resolve("finish"), "");

        run(environment -> environment.put("HOME", checkout.resolve("missing").toString()));

        assertThat(checkout.resolve("homes.txt")).hasContent(checkout.toRealPath().resolve(".shop/home").toString());
    }

    @Test
    void shouldPassJvmOptionsOfTheEnvironmentOnlyToMaven() throws Exception {
        var jdk = jdk("env");
        Files.writeString(checkout.resolve("finish"), "");

        var said = run(environment -> {
            environment.put("JAVA_TOOL_OPTIONS", "-Dproxy=mine");
            environment.put("JDK_JAVA_OPTIONS", "-XX:+UseZGC");
            environment.remove("MAVEN_OPTS"); // ./shop test has set it
            environment.put("JAVA_HOME", jdk.toString());
        });

        assertThat(said).contains("PATH=").doesNotContain("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");
        assertThat(Files.readString(checkout.resolve("options.txt"))).contains(" -Dproxy=mine ", "-XX:+UseZGC", " -Xms256m ")
                .doesNotContain("UseSerialGC");
    }

    @Test
    void shouldGiveMavenTheHeapThatTheUserHasChosen() throws Exception {
        Files.writeString(checkout.resolve("finish"), "");

        run(environment -> {
            List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS").forEach(environment::remove);
            environment.put("MAVEN_OPTS", "-Xmx200m");
        });

        assertThat(Files.readString(checkout.resolve("options.txt"))).contains("-XX:+UseSerialGC", " -Xmx200m").doesNotContain("-Xms");
    }

    @Test
    void shouldStartTheJvmWithAUtf8Locale() throws Exception {
        var jdk = jdk("echo \"locale $LC_ALL\"");
        Files.writeString(checkout.resolve("finish"), "");

        var said = run(environment -> {
            environment.keySet().removeIf(name -> name.startsWith("LC_"));
            environment.put("LANG", "C");
            environment.put("JAVA_HOME", jdk.toString());
        });

        assertThat(said).contains("locale C.UTF-8\n");
    }

    /** Most commands do not build, so after an update they run the older launcher, whose main class may have another name. */
    @Test
    void shouldNotNameTheMainClassInTheScript() throws Exception {
        var jdk = jdk("echo \"$@\"");
        Files.writeString(checkout.resolve("finish"), "");

        var printed = run(environment -> environment.put("JAVA_HOME", jdk.toString()));

        assertThat(printed).contains("-jar " + checkout.toRealPath().resolve("launcher/target/launcher.jar"))
                .doesNotContain("org.debugshop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b", "what!"})
    void shouldRefuseAFolderFromWhichAJvmCannotLoadClasses(String name) throws Exception {
        var folder = Files.createDirectory(checkout.resolve(name));
        Files.copy(checkout.resolve("shop"), folder.resolve("shop"));
        checkout = folder;

        assertThat(run(_ -> {})).contains("shop: Java cannot load a program from ").contains(name);
    }

    @Test
    void shouldKeepHeadersAndPasswordsOffTheCommandLine() throws Exception {
        var jdk = jdk("echo \"$@\"\nenv | grep ^FORWARD");
        Files.writeString(checkout.resolve("finish"), "");
        var up = new ProcessBuilder("bash", "./shop", "up", "-d", "--otlp-header", "a=b=c, d%$e", "--otlp-header=f=g", "--otlp-header",
                "bad",
                "--otlp-endpoint", "https://me:pass@example.com", "--only", "x y").directory(checkout.toFile()).redirectErrorStream(true);
        up.environment().put("JAVA_HOME", jdk.toString());

        var process = up.start();
        started.add(process);

        assertThat(process.inputReader().readAllAsString()).contains("launcher.jar up -d --otlp-header=bad --only x y\n",
                "FORWARD_OTLP_ENDPOINT=https://me:pass@example.com\n", "FORWARD_OTLP_HEADERS=a=b=c%2C d%25%24e,f=g\n");
    }

    /** Returns a JDK whose {@code java} is this script. */
    private Path jdk(String script) throws IOException {
        var jdk = Files.createDirectories(checkout.resolve("jdk/bin")).getParent();
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"99\"\n");
        for (var name : List.of("java", "javac")) {
            Files.writeString(jdk.resolve("bin").resolve(name), "#!/bin/sh\n" + script + "\n");
            assertThat(jdk.resolve("bin").resolve(name).toFile().setExecutable(true)).isTrue();
        }
        return jdk;
    }

    /** Runs {@code ./shop} and returns its output when it has ended. */
    private String run(Consumer<Map<String, String>> change) throws Exception {
        var builder = new ProcessBuilder("bash", "./shop", "up").directory(checkout.toFile()).redirectErrorStream(true);
        change.accept(builder.environment());
        var process = builder.start();
        started.add(process);
        var said = process.inputReader().readAllAsString();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    /** Its launcher is an empty jar, so what follows the build fails at once. */
    private Process shop(String output) throws IOException {
        var process = new ProcessBuilder("bash", "./shop", "up").directory(checkout.toFile()).redirectErrorStream(true)
                .redirectOutput(checkout.resolve(output).toFile()).start();
        started.add(process);
        return process;
    }
}
