package org.debugshop.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.debugshop.launcher.instance.InstanceLock;
import org.debugshop.launcher.instance.Leftovers;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.sandbox.InASandbox;
import org.debugshop.launcher.sandbox.Sandbox.Outcome;
import org.debugshop.launcher.sandbox.Sandbox.Status;
import org.debugshop.launcher.sandbox.Signal;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands of {@code ./shop} as real processes, with stand-ins for the services. */
class LauncherTest extends InASandbox {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String BOOKING = "instabook,instabook-cache,console";

    @Test
    void shouldStartTheWholeSystemAndStopItInReverseOrderOnCtrlC() throws Exception {
        var output = directory.resolve("up.txt");
        var up = sandbox.start(output, "up", "--port-offset", n);
        await().atMost(PATIENCE).until(() -> Files.readString(output).contains("Ctrl-C stops everything"));

        assertThat(Files.readString(output)).contains("storefront", "http://localhost:" + (8080 + offset) + "/");
        assertThat(sandbox.run("status", "--port-offset", n)).returns(0, Outcome::code);

        Signal.INT.send(up.pid());
        assertThat(up.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(up.exitValue()).isEqualTo(130);
        var names = Topology.DEBUG_SHOP.services().stream().filter(service -> !service.needsEngines()).map(Service::name).toList();
        assertThat(sandbox.events()).filteredOn(event -> event.startsWith("ended"))
                .containsExactlyElementsOf(names.reversed().stream().map(name -> "ended " + name).toList());
        assertThat(sandbox.run("status", "--port-offset", n).code()).isOne();
    }

    @Test
    void shouldReturnFromABackgroundStartWhenEverythingIsReady() throws Exception {
        assertThat(up(BOOKING)).returns(0, Outcome::code).extracting(Outcome::out).asString().contains("/admin");
        for (var name : BOOKING.split(",")) {
            assertThat(sandbox.status(offset, name)).returns("ready", Status::state);
        }
        var again = up(BOOKING);
        assertThat(again).returns(0, Outcome::code);
        assertThat(again.out()).contains("Already up", "/admin");
        var withOthers = up("gateway");
        assertThat(withOthers.code()).isOne();
        assertThat(withOthers.out()).contains("runs without gateway", "./shop start");

        assertThat(sandbox.run("down", "--port-offset", n)).returns(0, Outcome::code);
        assertThat(sandbox.events()).containsSubsequence("ended instabook", "ended instabook-cache", "ended console");
        assertThat(sandbox.run("down", "--port-offset", n).out()).contains("Nothing was running");
    }

    @Test
    void shouldPassEachServiceItsPortAndTheAddressesOfOthers() throws Exception {
        assertThat(up("gateway,load-generator-instabook,console")).returns(0, Outcome::code);

        assertThat(sandbox.environmentOf(offset, "gateway")).contains(
                "PORT=" + (8080 + offset),
                "HOST=127.0.0.1",
                "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:" + (4318 + offset),
                "CHECKOUT_SERVICE=http://localhost:" + (8084 + offset),
                "CONSOLE_URL=http://localhost:" + (8090 + offset));
        assertThat(sandbox.environmentOf(offset, "load-generator-instabook")).contains(
                "LOAD_PROFILE=instabook",
                "METRICS_PORT=" + (8098 + offset),
                "INSTABOOK_SERVICE=http://localhost:" + (8087 + offset));
        assertThat(sandbox.environmentOf(offset, "console")).contains("OTLP_PORT=" + (4318 + offset), "OTLP_GRPC_PORT=" + (4317 + offset))
                .anyMatch(variable -> variable.startsWith("SCRAPE_TARGETS=")
                        && variable.contains("load-generator=http://localhost:" + (8099 + offset)));
    }

    @Test
    void shouldNameTheServiceThatDoesNotStartAndStopTheRest() throws Exception {
        sandbox.behave("instabook", "broken");

        var up = up(BOOKING);

        assertThat(up.code()).isOne();
        assertThat(up.out()).contains("instabook did not start: exit code 3", "cannot find the warp core",
                ".shop/" + n + "/logs/instabook.log");
        assertThat(sandbox.status(offset, "console")).returns("stopped", Status::state);
        assertThat(sandbox.status(offset, "instabook")).returns("failed", Status::state);
        assertThat(Leftovers.of(sandbox.instance(offset))).isEmpty();
    }

    @Test
    void shouldGiveUpOnAServiceThatIsNeverReady() throws Exception {
        sandbox.behave("instabook", "unready");

        var up = sandbox.run("up", "-d", "--only", "instabook", "--timeout", "1", "--port-offset", n);

        assertThat(up.code()).isOne();
        assertThat(up.out()).contains("instabook is not ready after 1 s");
        assertThat(Leftovers.of(sandbox.instance(offset))).isEmpty();
    }

    @Test
    void shouldRestartADeadProcess() throws Exception {
        assertThat(up(BOOKING)).returns(0, Outcome::code);

        kill(sandbox.status(offset, "instabook"));

        var log = sandbox.instance(offset).log("launcher");
        await().atMost(PATIENCE).until(() -> Files.readString(log).contains("instabook is ready again"));
        assertThat(Files.readAllLines(log)).containsSubsequence("instabook died: killed by signal 9, next attempt in 1 s",
                "instabook is ready again");
        assertThat(sandbox.status(offset, "instabook")).returns("ready", Status::state).returns(1, Status::restarts);
    }

    @Test
    @Tag("nightly")
    void shouldNotRestartADeadProcessIfRestartsAreOff() throws Exception {
        assertThat(sandbox.run("up", "-d", "--no-restart", "--only", BOOKING, "--port-offset", n)).returns(0, Outcome::code);

        kill(sandbox.status(offset, "instabook"));

        await().atMost(PATIENCE).until(() -> sandbox.status(offset, "instabook").state().equals("failed"));
        assertThat(sandbox.run("status", "--port-offset", n).code()).isOne();
    }

    @Test
    void shouldNameTheProcessThatHoldsAPortAndStartNothing() throws Exception {
        try (var taken = new ServerSocket(8086 + offset, 1, InetAddress.getLoopbackAddress())) {
            var up = up(BOOKING);

            assertThat(up.code()).isOne();
            assertThat(up.out())
                    .contains("port " + taken.getLocalPort() + " (instabook-cache) is taken by pid " + ProcessHandle.current().pid());
            assertThat(sandbox.events()).isEmpty();
        }
    }

    @Test
    @Tag("nightly")
    void shouldNameTheProcessThatHoldsThePortOfAServiceStartedLater() throws Exception {
        assertThat(up(BOOKING)).returns(0, Outcome::code);
        try (var taken = new ServerSocket(8082 + offset, 1, InetAddress.getLoopbackAddress())) {
            var start = sandbox.run("start", "currency", "checkout", "--port-offset", n);

            assertThat(start.code()).isOne();
            assertThat(start.out()).contains("currency not started: port " + taken.getLocalPort() + " (currency) is taken by pid "
                    + ProcessHandle.current().pid(), "checkout ready");
            assertThat(sandbox.events()).doesNotContain("started currency");
        }
        assertThat(sandbox.run("start", "currency", "checkout", "--port-offset", n)).returns(0, Outcome::code);
    }

    @Test
    @Tag("nightly")
    void shouldShowTheStateAndStopEverythingAfterTheLauncherWasKilled() throws Exception {
        assertThat(up(BOOKING)).returns(0, Outcome::code);
        State.read(sandbox.instance(offset)).orElseThrow().launcher().kill();
        await().atMost(PATIENCE).until(() -> sandbox.status(offset, "launcher").state().equals("stopped"));

        assertThat(sandbox.status(offset, "instabook")).returns("ready", Status::state);
        kill(sandbox.status(offset, "console"));
        await().atMost(PATIENCE).until(() -> sandbox.status(offset, "console").state().equals("stopped"));
        assertThat(sandbox.run("restart", "instabook", "--port-offset", n).out()).contains("was killed; ./shop up");

        var down = sandbox.run("down", "--port-offset", n);

        assertThat(down).returns(0, Outcome::code);
        assertThat(down.out()).contains("instabook (pid");
        assertThat(Leftovers.of(sandbox.instance(offset))).isEmpty();
    }

    @Test
    @Tag("nightly")
    void shouldEndALauncherThatIsSuspended() throws Exception {
        assertThat(up(BOOKING)).returns(0, Outcome::code);
        var launcher = State.read(sandbox.instance(offset)).orElseThrow().launcher();
        Signal.STOP.send(launcher.pid());

        var down = sandbox.run("down", "--port-offset", n);

        assertThat(down).returns(0, Outcome::code);
        assertThat(down.out()).contains("The launcher (pid " + launcher.pid() + ") does not answer", "instabook (pid", "Stopped.");
        assertThat(launcher.isAlive()).isFalse();
        assertThat(Leftovers.of(sandbox.instance(offset))).isEmpty();
    }

    @Test
    void shouldReportThatAnInstanceIsStillBeingBuilt() throws Exception {
        try (var _ = InstanceLock.tryAcquire(sandbox.instance(offset)).orElseThrow()) {
            var down = sandbox.run("down", "--port-offset", n);

            assertThat(down.code()).isOne();
            assertThat(down.out()).contains("./shop up (pid " + ProcessHandle.current().pid() + ") is building")
                    .doesNotContain("Nothing was running");
        }
        assertThat(sandbox.run("down", "--port-offset", n)).isEqualTo(new Outcome(0, "Nothing was running.\n"));
    }

    @Test
    void shouldKeepOthersOutBetweenAStartAndItsBackgroundProcess() throws Exception {
        try (var start = InstanceLock.tryAcquire(sandbox.instance(offset)).orElseThrow()) {
            start.handOverSupervision();

            assertThat(up("currency")).returns(1, Outcome::code).extracting(Outcome::out).asString()
                    .contains("Another ./shop up is at work");
            assertThat(sandbox.run("down", "--port-offset", n)).returns(1, Outcome::code).extracting(Outcome::out).asString()
                    .contains("./shop up (pid " + ProcessHandle.current().pid() + ") is building, or just about to start");
            assertThat(InstanceLock.tryAcquireSupervision(sandbox.instance(offset))).isPresent().get()
                    .satisfies(InstanceLock::close);
        }
    }

    @Test
    void shouldStopWhatAKilledLauncherLeftAndStartAgain() throws Exception {
        assertThat(up(BOOKING)).returns(0, Outcome::code);
        State.read(sandbox.instance(offset)).orElseThrow().launcher().kill();

        var again = up(BOOKING);

        assertThat(again).returns(0, Outcome::code);
        assertThat(again.out()).contains("stopping what it left");
        assertThat(sandbox.status(offset, "instabook")).returns("ready", Status::state);
    }

    @Test
    void shouldReportADamagedStateFile() throws Exception {
        Files.createDirectories(sandbox.instance(offset).directory());
        Files.writeString(State.file(sandbox.instance(offset)), "{\"phase\":");

        var status = sandbox.run("status", "--port-offset", n);

        assertThat(status.code()).isOne();
        assertThat(status.out()).contains("state.json is not what a launcher writes").doesNotContain("Exception");
        Files.delete(State.file(sandbox.instance(offset)));
    }

    @Test
    void shouldNotStopAnUnrelatedProcessWithARecordedPid() throws Exception {
        var innocent = new ProcessBuilder("sleep", "600").start();
        try {
            var instance = sandbox.instance(offset);
            Files.createDirectories(instance.directory());
            var sameMarker = new OsProcess(innocent.pid(), OsProcess.of(innocent.pid(), "sleep").started() - 1, "sleep");
            var sameStart = OsProcess.of(innocent.pid(), instance.marker("gateway"));
            new State(sameMarker, 0, "127.0.0.1", State.Phase.UP, null, List.of(
                    new State.Entry("console", State.Condition.READY, 1, sameMarker, 1, 0, null),
                    new State.Entry("gateway", State.Condition.READY, 1, sameStart, 1, 0, null)), 4318, null).write(instance);

            assertThat(sandbox.status(offset, "gateway")).returns("stopped", Status::state).returns(null, Status::pid);
            assertThat(sandbox.run("down", "--port-offset", n).out()).contains("Nothing was running");
            assertThat(innocent.isAlive()).isTrue();
        } finally {
            innocent.destroyForcibly().waitFor();
        }
    }

    @Test
    @Tag("nightly")
    void shouldRunTwoInstancesOfOneCheckoutSideBySide() throws Exception {
        var other = sandbox.freeOffset();
        assertThat(up(BOOKING)).returns(0, Outcome::code);
        assertThat(sandbox.run("up", "-d", "--only", BOOKING, "--port-offset", Integer.toString(other))).returns(0, Outcome::code);

        assertThat(sandbox.run("down", "--port-offset", n)).returns(0, Outcome::code);

        assertThat(sandbox.status(offset, "instabook")).returns("stopped", Status::state);
        assertThat(sandbox.status(other, "instabook")).returns("ready", Status::state).returns(8087 + other, Status::port);
        assertThat(sandbox.run("down", "--port-offset", Integer.toString(other))).returns(0, Outcome::code);
    }

    @Test
    void shouldLetOnlyOneOfTwoStartsSucceed() throws Exception {
        var one = directory.resolve("one.txt");
        var two = directory.resolve("two.txt");
        var first = sandbox.start(one, "up", "--only", BOOKING, "--port-offset", n);
        var second = sandbox.start(two, "up", "--only", BOOKING, "--port-offset", n);

        await().atMost(PATIENCE).until(() -> !first.isAlive() || !second.isAlive());
        var loser = first.isAlive() ? two : one;
        assertThat(Files.readString(loser)).containsAnyOf("is starting this instance already", "Another ./shop up is at work",
                "Already up");
        await().atMost(PATIENCE).until(() -> Files.readString(first.isAlive() ? one : two).contains("Ctrl-C stops everything"));
        assertThat(sandbox.events()).filteredOn(event -> event.startsWith("started")).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"HUP, 129", "INT, 130", "TERM, 143"})
    void shouldStopInTheMiddleOfAStart(Signal signal, int code) throws Exception {
        sandbox.behave("instabook", "unready");
        var output = directory.resolve("up.txt");
        var up = sandbox.start(output, "up", "--only", BOOKING, "--port-offset", n);
        await().atMost(PATIENCE).until(() -> sandbox.events().contains("started instabook"));

        signal.send(up.pid());

        assertThat(up.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(up.exitValue()).isEqualTo(code);
        assertThat(Leftovers.of(sandbox.instance(offset))).isEmpty();
    }

    @Test
    void shouldKillEverythingOnASecondCtrlC() throws Exception {
        sandbox.behave("instabook", "stubborn");
        var output = directory.resolve("up.txt");
        var up = sandbox.start(output, "up", "--only", BOOKING, "--port-offset", n);
        await().atMost(PATIENCE).until(() -> Files.readString(output).contains("Ctrl-C stops everything"));
        Signal.INT.send(up.pid());
        await().atMost(PATIENCE).until(() -> sandbox.status(offset, "instabook").state().equals("stopping"));

        Signal.INT.send(up.pid());

        assertThat(up.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(up.exitValue()).isEqualTo(130);
        await().atMost(PATIENCE).until(() -> Leftovers.of(sandbox.instance(offset)).isEmpty());
        assertThat(sandbox.events()).doesNotContain("ended console");
    }

    @Test
    @Tag("nightly")
    void shouldStopStartAndRestartSingleServices() throws Exception {
        assertThat(up(BOOKING)).returns(0, Outcome::code);
        var first = sandbox.status(offset, "instabook").pid();

        assertThat(sandbox.run("stop", "instabook", "--port-offset", n)).isEqualTo(new Outcome(0, "instabook stopped\n"));
        assertThat(sandbox.status(offset, "instabook")).returns("stopped", Status::state);
        assertThat(sandbox.run("start", "instabook", "currency", "--port-offset", n).out())
                .contains("instabook ready, http://localhost:" + (8087 + offset), "currency ready");
        assertThat(sandbox.status(offset, "currency")).returns("ready", Status::state);
        var second = sandbox.status(offset, "instabook").pid();
        assertThat(sandbox.run("restart", "instabook", "--port-offset", n)).returns(0, Outcome::code);
        assertThat(sandbox.status(offset, "instabook").pid()).isNotIn(first, second);

        sandbox.behave("instabook", "broken");
        var restart = sandbox.run("restart", "instabook", "--port-offset", n);
        assertThat(restart.code()).isOne();
        assertThat(restart.out()).contains("instabook did not start: exit code 3", "warp core");
        assertThat(sandbox.status(offset, "console")).returns("ready", Status::state);
    }

    @Test
    void shouldPrintTheStatusAsTheDocumentedJson() throws Exception {
        assertThat(up(BOOKING)).returns(0, Outcome::code);

        var status = sandbox.run("status", "--json", "--port-offset", n);

        var running = List.of((BOOKING + ",launcher").split(","));
        assertThat(status.code()).as("services that were not started do not count").isZero();
        assertThat(JSON.std.listOfFrom(Status.class, status.out()))
                .allSatisfy(line -> assertThat(line.pid() != null).isEqualTo(line.state().equals("ready")))
                .extracting(Status::name, Status::state)
                .containsExactlyElementsOf(Stream.concat(Topology.DEBUG_SHOP.names().stream(), Stream.of("launcher"))
                        .map(name -> tuple(name, running.contains(name) ? "ready" : "stopped")).toList());
        assertThat(JSON.std.arrayFrom(status.out())).allSatisfy(line -> assertThat(((Map<?, ?>) line).keySet())
                .hasToString("[name, state, pid, port, uptime_s, pss_bytes, restarts]"));
        assertThat(sandbox.status(offset, "gateway")).returns(8080 + offset, Status::port);
    }

    @Test
    void shouldPrintTheStatesOfServicesThatAreNotReady() throws Exception {
        var instance = sandbox.instance(offset);
        Files.createDirectories(instance.directory());
        var alive = OsProcess.of(ProcessHandle.current().pid(), "java");
        new State(alive, 0, "127.0.0.1", State.Phase.UP, null, List.of(
                new State.Entry("console", State.Condition.STARTING, 1, null, 0, 0, null),
                new State.Entry("gateway", State.Condition.STOPPING, 1, null, 0, 0, null),
                new State.Entry("currency", State.Condition.READY, 1, null, 0, 0, null),
                new State.Entry("instabook", State.Condition.UNREADY, 1, alive, 1, 0, "/health/ready fails")), 4318, null).write(instance);

        var status = sandbox.run("status", "--json", "--port-offset", n);
        Files.delete(State.file(instance)); // it names this JVM as the launcher, which cleaning up would kill

        assertThat(status.code()).isOne();
        assertThat(JSON.std.listOfFrom(Status.class, status.out())).extracting(Status::name, Status::state)
                .contains(tuple("console", "starting"), tuple("gateway", "stopping"), tuple("currency", "restarting"),
                        tuple("instabook", "unready"));
    }

    @Test
    void shouldShowLogsFormattedAndRaw() throws Exception {
        assertThat(up(BOOKING)).returns(0, Outcome::code);

        var shown = sandbox.run("logs", "instabook", "--port-offset", n).out();
        var raw = sandbox.run("logs", "--raw", "instabook", "--port-offset", n).out();

        assertThat(shown).startsWith("instabook | ").contains("INFO  stand-in has started").doesNotContain("{");
        assertThat(raw).startsWith("{\"timestamp\"");
        assertThat(raw.strip()).isEqualTo(Files.readString(sandbox.instance(offset).log("instabook")).strip());
    }

    @Test
    @Tag("nightly")
    void shouldFollowALogThroughARestart() throws Exception {
        assertThat(up(BOOKING)).returns(0, Outcome::code);
        var output = directory.resolve("logs.txt");
        sandbox.start(output, "logs", "-f", "-n", "0", "instabook", "--port-offset", n);

        await().atMost(PATIENCE).until(() -> {
            assertThat(sandbox.run("restart", "instabook", "--port-offset", n)).returns(0, Outcome::code);
            return Files.readString(output).contains("stand-in has started");
        });
    }

    @ParameterizedTest
    @CsvSource({"npm, ' -Pprettier'", "other, ''"})
    void shouldRunMavenWithTheOptionsOfTheTestCommand(String program, String prettier) throws Exception {
        writeScript(sandbox.checkout().resolve("mvnw"), "echo \"$@\"; exit 3");
        writeScript(sandbox.checkout().resolve(program), "");
        sandbox.set("PATH", sandbox.checkout().toString());

        assertThat(sandbox.run("test", "-pl", "gateway", "-Dtest=OneTest", "-am"))
                .isEqualTo(new Outcome(3, "-B -ntp verify" + prettier + " -pl gateway -Dtest=OneTest -am\n"));
    }

    private static void writeScript(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static void kill(Status service) {
        ProcessHandle.of(service.pid()).orElseThrow().destroyForcibly();
    }

    private Outcome up(String only) throws IOException, InterruptedException {
        return sandbox.run("up", "-d", "--only", only, "--port-offset", n);
    }
}
