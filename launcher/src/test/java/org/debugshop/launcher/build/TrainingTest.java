package org.debugshop.launcher.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.debugshop.launcher.instance.AotCache;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.LaunchCommand;
import org.debugshop.launcher.instance.Leftovers;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.sandbox.Sandbox;
import org.debugshop.launcher.sandbox.Sandbox.Outcome;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The training run beside the running system, with stand-ins for the services in real JVMs. */
@Tag("nightly")
class TrainingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

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
    void shouldTrainStartedServicesOnceBesideThemAndRunThemFromTheirCachesNextTime() throws Exception {
        assertThat(up("currency,ad-service")).returns(0, Outcome::code).extracting(Outcome::out).asString()
                .contains("AOT caches are made in the background");
        untilTheLogSays("Made AOT caches in");

        var currency = sandbox.status(offset, "currency").pid();
        assertThat(OsProcess.commandLine(currency)).doesNotContain("AOTCache");
        assertThat(log()).contains("Making AOT caches", "of currency, ad-service");
        assertThat(cache("gateway").isFresh()).as("not asked for").isFalse();
        assertThat(sandbox.events()).filteredOn("started currency"::equals).as("the real start and one in training").hasSize(2);
        assertThat(Leftovers.of(training())).isEmpty();

        assertThat(sandbox.run("down", "--port-offset", n())).returns(0, Outcome::code);
        assertThat(up("currency,ad-service")).returns(0, Outcome::code).extracting(Outcome::out).asString().doesNotContain("AOT");
        for (var name : List.of("currency", "ad-service")) {
            assertThat(cache(name).isFresh()).isTrue();
            assertThat(OsProcess.commandLine(sandbox.status(offset, name).pid())).contains("-XX:AOTCache=" + cache(name).file());
            assertThat(Files.readString(sandbox.instance(offset).log(name))).as("the JVM uses the cache without a warning")
                    .doesNotContain("[aot]");
        }
        assertThat(sandbox.run("down", "--port-offset", n())).returns(0, Outcome::code);
        assertThat(sandbox.events()).filteredOn("started currency"::equals).hasSize(3);
        assertThat(log()).doesNotContain("AOT");
    }

    @Test
    void shouldMakeTheOtherCachesIfAServiceCannotBeTrained() throws Exception {
        sandbox.behave("currency", "broken in training");

        assertThat(up("currency,ad-service")).returns(0, Outcome::code);
        untilTheLogSays("No AOT cache could be made of currency,");

        assertThat(log()).contains(".shop/training/logs");
        assertThat(cache("ad-service").isFresh()).isTrue();
        assertThat(files("currency")).as("no unfinished cache is left").containsExactly("quarkus-run.jar");
    }

    /** The JVM sees it when it writes the cache; a jar that is newer than a cache makes that stale. */
    @Test
    void shouldPublishNoCacheOfAJarThatWasReplacedMeanwhile() throws Exception {
        startTraining();
        var jar = sandbox.instance(offset).jar(Topology.DEBUG_SHOP.find("currency").orElseThrow());
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));
        sandbox.behave("ad-service", "");
        untilTheLogSays("No AOT cache could be made of currency,");

        assertThat(files("currency")).containsExactly("quarkus-run.jar");
    }

    @Test
    void shouldLeaveTheTrainingToTheInstanceThatHasBegunIt() throws Exception {
        startTraining();
        var other = sandbox.freeOffset();

        assertThat(sandbox.run("up", "-d", "--only", "currency", "--port-offset", Integer.toString(other))).returns(0, Outcome::code);
        assertThat(sandbox.run("down", "--port-offset", Integer.toString(other))).returns(0, Outcome::code);

        assertThat(Files.readString(sandbox.instance(other).log("launcher"))).doesNotContain("AOT");
        assertThat(Leftovers.of(training())).isNotEmpty();
        sandbox.behave("ad-service", "");
        untilTheLogSays("Made AOT caches in");
    }

    @Test
    void shouldEndTheTrainingWithTheSystem() throws Exception {
        startTraining();

        assertThat(sandbox.run("down", "--port-offset", n())).returns(0, Outcome::code);

        assertThat(Leftovers.of(training())).isEmpty();
        assertThat(files("currency")).containsExactly("quarkus-run.jar");
        assertThat(log()).doesNotContain("No AOT", "Exception");
    }

    @Test
    void shouldStopTheProcessesOfAKilledTrainingRunWithDown() throws Exception {
        startTraining();
        var launcher = ProcessHandle.of(sandbox.status(offset, "launcher").pid()).orElseThrow();
        launcher.destroyForcibly();
        launcher.onExit().join();
        assertThat(Leftovers.of(training())).isNotEmpty();

        assertThat(sandbox.run("down", "--port-offset", n())).returns(0, Outcome::code).extracting(Outcome::out).asString()
                .contains("stopping what it left");

        assertThat(Leftovers.of(training())).isEmpty();
        sandbox.behave("ad-service", "");
        assertThat(up("currency")).returns(0, Outcome::code);
        untilTheLogSays("Made AOT caches");
    }

    /** Starts a system whose training run does not end by itself, because a service that is only there in training never becomes ready. */
    private void startTraining() throws IOException, InterruptedException {
        sandbox.behave("ad-service", "unready");
        assertThat(up("currency")).returns(0, Outcome::code);
        await().atMost(PATIENCE).until(() -> sandbox.events().contains("started ad-service")
                && sandbox.events().stream().filter("started currency"::equals).count() == 2);
    }

    private void untilTheLogSays(String text) {
        await("the launcher's log says: " + text).atMost(PATIENCE).until(() -> log().contains(text));
    }

    /** Returns what the launcher has logged since its start. */
    private String log() throws IOException {
        return Files.readString(sandbox.instance(offset).log("launcher"));
    }

    private AotCache cache(String service) {
        return new LaunchCommand(sandbox.instance(offset), Topology.DEBUG_SHOP.find(service).orElseThrow()).aotCache();
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
