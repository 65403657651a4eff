package org.debugshop.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.debugshop.launcher.instance.Leftovers;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.sandbox.InASandbox;
import org.debugshop.launcher.sandbox.Sandbox.Outcome;
import org.debugshop.launcher.sandbox.Sandbox.Status;
import org.debugshop.launcher.sandbox.Signal;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code ./shop dev} with stand-ins for Maven and the services. */
class DevTest extends InASandbox {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String BOOKING = "console,instabook-cache,instabook,load-generator-instabook";

    @Test
    void shouldRunAServiceInDevModeUntilCtrlC() throws Exception {
        up();
        var packaged = sandbox.status(offset, "instabook").pid();
        var output = directory.resolve("dev.txt");

        var dev = sandbox.start(output, "dev", "instabook", "--port-offset", n);
        await().atMost(PATIENCE).untilAsserted(
                () -> assertThat(Files.readString(output)).contains("instabook ready", "dev mode, debugger on ", "stand-in has started"));
        assertThat(sandbox.events()).contains("mvnw " + String.join(" ", "-pl", "instabook", "-am", "quarkus:dev"));
        assertThat(shop("status").out()).contains("dev mode, debugger on ");
        assertThat(processes()).as("Maven and the service").isEqualTo(2);

        Signal.INT.send(dev.pid());

        assertThat(dev.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(dev.exitValue()).isEqualTo(130);
        assertThat(sandbox.status(offset, "instabook")).returns("ready", Status::state)
                .satisfies(now -> assertThat(now.pid()).isNotEqualTo(packaged));
        assertThat(shop("status").out()).doesNotContain("dev mode");
        assertThat(processes()).isOne();
    }

    @Test
    @Tag("nightly")
    void shouldRestartAKilledDevModeAndStopItWithTheInstance() throws Exception {
        up();
        var output = directory.resolve("dev.txt");
        var dev = sandbox.start(output, "dev", "instabook", "--port-offset", n);
        await().atMost(PATIENCE).until(() -> Files.readString(output).contains("instabook ready"));

        ProcessHandle.of(sandbox.status(offset, "instabook").pid()).orElseThrow().destroyForcibly();

        await().atMost(PATIENCE).until(
                () -> sandbox.status(offset, "instabook").restarts() == 1 && sandbox.status(offset, "instabook").state().equals("ready"));
        assertThat(processes()).as("processes of the second dev mode only").isEqualTo(2);
        assertThat(shop("dev", "--off", "instabook")).returns(0, Outcome::code);
        assertThat(dev.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(dev.exitValue()).isZero();
        assertThat(Files.readString(output)).contains("instabook is not in dev mode any more.");
        assertThat(processes()).isOne();
    }

    @Test
    @Tag("nightly")
    void shouldStopBothProcessesOfDevModeAfterTheLauncherWasKilled() throws Exception {
        up();
        var output = directory.resolve("dev.txt");
        var dev = sandbox.start(output, "dev", "instabook", "--port-offset", n);
        await().atMost(PATIENCE).until(() -> Files.readString(output).contains("instabook ready"));

        State.read(sandbox.instance(offset)).orElseThrow().launcher().kill();

        assertThat(dev.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(dev.exitValue()).isOne();
        assertThat(processes()).isEqualTo(2);
        assertThat(shop("down")).returns(0, Outcome::code);
        assertThat(Leftovers.of(sandbox.instance(offset))).isEmpty();
        assertThat(processes()).isZero();
    }

    @Test
    void shouldReportWhyDevModeCannotBeLeftOrEntered() throws Exception {
        assertThat(shop("dev", "instabook")).returns(1, Outcome::code).extracting(Outcome::out).asString().contains("Nothing is up");
        up();
        assertThat(shop("dev", "--off", "instabook")).isEqualTo(new Outcome(1, "instabook is not in dev mode.\n"));
    }

    @Test
    @Tag("nightly")
    void shouldStartThePackagedServiceAgainIfDevModeDoesNotStart() throws Exception {
        up();
        sandbox.behave("instabook", "broken");
        var output = directory.resolve("dev.txt");

        var dev = sandbox.start(output, "dev", "instabook", "--port-offset", n);
        await().atMost(PATIENCE).until(() -> Files.readString(output).contains("instabook did not start"));
        sandbox.behave("instabook", "");

        assertThat(dev.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(dev.exitValue()).isOne();
        assertThat(shop("status").out()).doesNotContain("dev mode");
    }

    private long processes() {
        return OsProcess.withMarker(sandbox.instance(offset).marker("instabook") + " ").count();
    }

    private void up() throws IOException, InterruptedException {
        assertThat(sandbox.run("up", "-d", "--only", BOOKING, "--port-offset", n)).returns(0, Outcome::code);
    }

    private Outcome shop(String command, String... more) throws IOException, InterruptedException {
        return sandbox.run(offset, command, more);
    }
}
