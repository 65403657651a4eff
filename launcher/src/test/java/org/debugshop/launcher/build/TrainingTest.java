package org.debugshop.launcher.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.LaunchCommand;
import org.debugshop.launcher.instance.Leftovers;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.sandbox.Sandbox;
import org.debugshop.launcher.sandbox.Sandbox.Outcome;
import org.debugshop.launcher.sandbox.Signal;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The training run before a start, with stand-ins for the services in real JVMs. */
@Tag("nightly")
class TrainingTest {

    @TempDir
    Path directory;

    private Sandbox sandbox;
    private int offset;

    @BeforeEach
    void prepare() throws IOException {
        sandbox = new Sandbox(directory).training();
        offset = sandbox.freeOffset();
    }

    @AfterEach
    void cleanUp() throws IOException, InterruptedException {
        sandbox.close();
    }

    @Test
    void shouldTrainStartedServicesOnceAndRunThemFromTheirCaches() throws Exception {
        assertThat(up("currency,ad-service")).returns(0, Outcome::code).extracting(Outcome::out).asString()
                .contains("Making AOT caches", "of currency, ad-service", "Made AOT caches in");

        for (var name : List.of("currency", "ad-service")) {
            var service = Topology.DEBUG_SHOP.find(name).orElseThrow();
            var cache = new LaunchCommand(sandbox.instance(offset), service).aotCache();
            assertThat(cache.isFresh()).isTrue();
            assertThat(OsProcess.commandLine(sandbox.status(offset, name).pid())).contains("-XX:AOTCache=" + cache.file());
            assertThat(Files.readString(sandbox.instance(offset).log(name))).as("the JVM uses the cache without a warning")
                    .doesNotContain("[aot]");
        }
        assertThat(new LaunchCommand(sandbox.instance(offset), Topology.DEBUG_SHOP.find("gateway").orElseThrow()).aotCache().isFresh())
                .as("not asked for")
                .isFalse();
        assertThat(sandbox.events()).filteredOn("started currency"::equals).as("one start in training and the real one").hasSize(2);
        assertThat(Leftovers.of(training())).isEmpty();

        assertThat(sandbox.run("down", "--port-offset", n())).returns(0, Outcome::code);
        assertThat(up("currency,ad-service").out()).doesNotContain("AOT");
        assertThat(sandbox.events()).filteredOn("started currency"::equals).hasSize(3);
    }

    @Test
    void shouldStartAServiceWithoutACacheIfItCannotBeTrained() throws Exception {
        sandbox.behave("currency", "broken in training");

        assertThat(up("currency,ad-service")).returns(0, Outcome::code).extracting(Outcome::out).asString()
                .contains("No AOT cache could be made of currency,", ".shop/training/logs", "currency ready");

        assertThat(OsProcess.commandLine(sandbox.status(offset, "currency").pid())).doesNotContain("AOTCache");
        assertThat(OsProcess.commandLine(sandbox.status(offset, "ad-service").pid())).contains("-XX:AOTCache=");
        assertThat(files("currency")).as("no unfinished cache is left").containsExactly("quarkus-run.jar");
    }

    @Test
    void shouldLeaveNothingAfterCtrlC() throws Exception {
        var up = startTraining();

        Signal.INT.send(up.pid());

        assertThat(up.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Leftovers.of(training())).isEmpty();
        assertThat(files("currency")).containsExactly("quarkus-run.jar");
    }

    @Test
    void shouldStopTheProcessesOfAKilledTrainingRunWithDown() throws Exception {
        startTraining().destroyForcibly().waitFor();
        assertThat(Leftovers.of(training())).isNotEmpty();

        assertThat(sandbox.run("down", "--port-offset", n())).returns(0, Outcome::code).extracting(Outcome::out).asString()
                .contains("stopping what it left");

        assertThat(Leftovers.of(training())).isEmpty();
        sandbox.behave("ad-service", "");
        assertThat(up("currency").out()).contains("Made AOT caches");
    }

    /** Starts {@code ./shop up}, whose training run does not end by itself, because one service never becomes ready. */
    private Process startTraining() throws IOException {
        sandbox.behave("ad-service", "unready");
        var up = sandbox.start(directory.resolve("up.txt"), "up", "-d", "--only", "currency", "--port-offset", n());
        await().atMost(Duration.ofSeconds(60)).until(() -> sandbox.events().containsAll(List.of("started currency", "started ad-service")));
        return up;
    }

    private List<String> files(String service) {
        return List.of(sandbox.instance(offset).jar(Topology.DEBUG_SHOP.find(service).orElseThrow()).getParent().toFile().list());
    }

    private Instance training() {
        return new Instance(sandbox.checkout(), sandbox.checkout().resolve(".shop/training"), 0, Topology.DEBUG_SHOP);
    }

    private Outcome up(String only) throws IOException, InterruptedException {
        return sandbox.run("up", "-d", "--only", only, "--port-offset", n());
    }

    private String n() {
        return Integer.toString(offset);
    }
}
