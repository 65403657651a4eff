package org.debugshop.launcher.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.regex.Pattern;
import org.debugshop.launcher.os.Ports;
import org.debugshop.launcher.sandbox.InASandbox;
import org.debugshop.launcher.sandbox.Sandbox;
import org.debugshop.launcher.sandbox.Sandbox.Outcome;
import org.debugshop.launcher.sandbox.Sandbox.Status;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code ./shop debug} with stand-ins for the services, in real JVMs. */
@Tag("nightly")
class DebugTest extends InASandbox {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String BOOKING = "console,instabook-cache,instabook,load-generator-instabook";
    private static final String PATIENT = "UPSTREAM_TIMEOUT=600s";

    @Test
    void shouldDebugTwoServicesWithLongerTimeoutsAndPutThemBackOneByOne() throws Exception {
        up();
        var console = sandbox.status(offset, "console").pid();

        var cache = shop("debug", "instabook-cache");
        assertThat(cache).returns(0, Outcome::code);
        var one = port(cache);
        assertThat(one).as("5005 plus the offset, or the next free port").isBetween(5005 + offset, 5104 + offset);
        assertThat(cache.out()).contains("Remote JVM Debug", "\"request\": \"attach\"",
                "./shop debug --off instabook-cache --port-offset " + n);
        assertThat(speaksJdwp(one)).isTrue();
        var other = port(shop("debug", "instabook"));
        assertThat(other).isGreaterThan(one);
        assertThat(speaksJdwp(other)).isTrue();
        for (var name : new String[]{"instabook-cache", "instabook", "load-generator-instabook"}) {
            assertThat(sandbox.environmentOf(offset, name)).as(name).contains(PATIENT, "QUARKUS_HTTP_IDLE_TIMEOUT=660s");
        }
        assertThat(sandbox.environmentOf(offset, "console")).as("the console only links to it").doesNotContain(PATIENT);
        assertThat(shop("status")).returns(0, Outcome::code).extracting(Outcome::out).asString()
                .contains("debugger on " + one, "debugger on " + other, "waits 600s for answers");

        var load = sandbox.status(offset, "load-generator-instabook").pid();
        assertThat(shop("debug", "--off", "instabook-cache")).returns(0, Outcome::code);
        assertThat(sandbox.status(offset, "load-generator-instabook")).as("still waits for instabook").returns(load, Status::pid);
        assertThat(sandbox.environmentOf(offset, "instabook-cache")).doesNotContain(PATIENT);
        assertThat(sandbox.environmentOf(offset, "instabook")).contains(PATIENT);
        assertThat(shop("debug", "--off", "instabook")).returns(0, Outcome::code);

        assertThat(sandbox.environmentOf(offset, "instabook")).doesNotContain(PATIENT);
        assertThat(sandbox.environmentOf(offset, "load-generator-instabook")).doesNotContain(PATIENT);
        assertThat(shop("status").out()).doesNotContain("debugger", "waits");
        assertThat(Ports.isFree("127.0.0.1", one)).isTrue();
        assertThat(sandbox.status(offset, "console")).as("the console is not restarted").returns(console, Status::pid);
    }

    @Test
    void shouldShowAServiceAtABreakpointAsPausedAndNotRestartIt() throws Exception {
        up();
        var port = port(shop("debug", "instabook"));
        var debugged = sandbox.status(offset, "instabook");

        sandbox.behave("instabook", "unready");
        await().atMost(PATIENCE).until(() -> sandbox.status(offset, "instabook").state().equals("paused"));
        assertThat(shop("status").out()).contains("debugger on " + port + "; does not answer");
        sandbox.behave("instabook", "");

        await().atMost(PATIENCE).until(() -> sandbox.status(offset, "instabook").state().equals("ready"));
        assertThat(sandbox.status(offset, "instabook")).returns(debugged.pid(), Status::pid).returns(0, Status::restarts);
        assertThat(Files.readString(sandbox.instance(offset).log("launcher"))).doesNotContain("not ready any more");
    }

    @Test
    void shouldKeepTheDebuggersPortAfterARestartAndACrash() throws Exception {
        up();
        var port = Sandbox.sparePort(offset);
        assertThat(shop("debug", "instabook", "--port", Integer.toString(port)).out()).contains("jdb -attach localhost:" + port);
        assertThat(shop("restart", "instabook")).returns(0, Outcome::code);
        assertThat(speaksJdwp(port)).isTrue();

        ProcessHandle.of(sandbox.status(offset, "instabook").pid()).orElseThrow().destroyForcibly();

        await().atMost(PATIENCE).until(
                () -> sandbox.status(offset, "instabook").restarts() == 1 && sandbox.status(offset, "instabook").state().equals("ready"));
        assertThat(speaksJdwp(port)).isTrue();
        assertThat(sandbox.environmentOf(offset, "instabook")).contains(PATIENT);
    }

    @Test
    void shouldReturnWhenASuspendedServiceListensForADebugger() throws Exception {
        up();

        var debug = shop("debug", "instabook", "--suspend");

        assertThat(debug).returns(0, Outcome::code).extracting(Outcome::out).asString().contains("instabook paused",
                "waits for the debugger");
        assertThat(sandbox.status(offset, "instabook")).returns("paused", Status::state);
        assertThat(Ports.holder(port(debug))).contains(sandbox.status(offset, "instabook").pid());
        assertThat(shop("debug", "--off", "instabook")).returns(0, Outcome::code);
        assertThat(sandbox.status(offset, "instabook")).returns("ready", Status::state);
    }

    @Test
    void shouldReportWhyAServiceCannotBeDebugged() throws Exception {
        assertThat(shop("debug", "instabook")).returns(1, Outcome::code).extracting(Outcome::out).asString().contains("Nothing is up");
        up();
        var running = sandbox.status(offset, "instabook").pid();

        assertThat(shop("debug", "--off", "instabook")).isEqualTo(new Outcome(1, "instabook is not being debugged.\n"));
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(shop("debug", "instabook", "--port", Integer.toString(taken.getLocalPort()))).returns(1, Outcome::code)
                    .extracting(Outcome::out)
                    .asString().contains("port " + taken.getLocalPort() + " is taken by pid " + ProcessHandle.current().pid());
        }
        assertThat(shop("debug", "instabook", "--port", Integer.toString(8080 + offset)).out())
                .contains("port " + (8080 + offset) + " is taken by gateway");
        assertThat(sandbox.status(offset, "instabook")).as("not restarted").returns(running, Status::pid);
    }

    @Test
    void shouldUseTheNextPortIfTheFirstIsTaken() throws Exception {
        up();
        var taken = port(shop("debug", "instabook"));
        assertThat(shop("debug", "--off", "instabook")).returns(0, Outcome::code);
        try (var _ = new ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
            assertThat(port(shop("debug", "instabook"))).isGreaterThan(taken);
        }
    }

    private void up() throws IOException, InterruptedException {
        assertThat(sandbox.run("up", "-d", "--only", BOOKING, "--port-offset", n)).returns(0, Outcome::code);
    }

    private Outcome shop(String command, String... more) throws IOException, InterruptedException {
        return sandbox.run(offset, command, more);
    }

    /** Returns the port that is printed for an IDE. */
    private static int port(Outcome debug) {
        var line = Pattern.compile("jdb -attach localhost:(\\d+)").matcher(debug.out());
        assertThat(line.find()).as(debug.out()).isTrue();
        return Integer.parseInt(line.group(1));
    }

    /** The handshake of the Java Debug Wire Protocol: the same fourteen bytes each way. */
    private static boolean speaksJdwp(int port) throws IOException {
        var handshake = "JDWP-Handshake".getBytes(US_ASCII);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(handshake);
            return new String(socket.getInputStream().readNBytes(handshake.length), US_ASCII).equals("JDWP-Handshake");
        }
    }
}
