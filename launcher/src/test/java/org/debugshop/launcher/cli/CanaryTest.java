package org.debugshop.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.sandbox.ConsoleStandIn;
import org.debugshop.launcher.sandbox.InASandbox;
import org.debugshop.launcher.sandbox.Sandbox;
import org.debugshop.launcher.sandbox.Sandbox.Outcome;
import org.debugshop.launcher.sandbox.Sandbox.Status;
import org.debugshop.launcher.sandbox.Signal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./shop canary} with stand-ins for the console and the services. */
@Tag("nightly")
class CanaryTest extends InASandbox {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ROUTE = "/api/routes/instabook-cache-canary";
    private static final String COPIES = """
            {"service":"instabook-cache","seconds":40.2,"copies":[
            {"version":"1.0.0","instances":["a"],"requests":214,"rate":5.35,"error_share":0.0,"p50_ms":9.0,"p95_ms":30.7,"p99_ms":40.0},
            {"version":"1.0.0-canary","instances":["b"],"requests":23,"rate":0.575,"error_share":0.13,"p50_ms":9.0,"p95_ms":1250.0,"p99_ms":40.0}]}""";

    @TempDir
    private Path other;
    private ConsoleStandIn console;

    @BeforeEach
    void startTheConsole() throws IOException {
        console = new ConsoleStandIn(8090 + offset);
        console.answers("GET /api/routes", 200, RouteAnswers.all(RouteAnswers.canary(20)));
        console.answers("GET /api/services/instabook-cache/copies", 200, COPIES);
        console.answers("PUT " + ROUTE, 200, RouteAnswers.canary(20));
        console.answers("DELETE " + ROUTE, 204, "");
    }

    @AfterEach
    void stopTheConsole() {
        console.close();
    }

    @Test
    void shouldGiveASecondCopyItsShareAndAbortIt() throws Exception {
        up();
        var begun = shop("instabook-cache", "--weight", "20", "--env", "COLOUR=dark blue", "-d");

        assertThat(begun).returns(0, Outcome::code).extracting(Outcome::out).asString()
                .containsPattern("instabook-cache-canary ready, http://localhost:\\d+ \\(version \\S+-canary, with COLOUR\\)")
                .contains("20 % of the shoppers get instabook-cache-canary.");
        assertThat(sandbox.run(offset, "status").out()).containsPattern("instabook-cache-canary +ready");
        assertThat(environment()).contains("COLOUR=dark blue")
                .anyMatch(line -> line.matches("OTEL_RESOURCE_ATTRIBUTES=service\\.version=2.1.0-canary"));
        assertThat(sandbox.environmentOf(offset, "instabook-cache")).noneMatch(line -> line.startsWith("COLOUR"));
        var put = puts().getFirst();
        assertThat(put).contains("\"service\":\"instabook-cache\"", "\"weight\":20", "\"version\":\"", "\"owner\":\"./shop canary, pid ")
                .doesNotContain("key");
        await("a renewal").atMost(PATIENCE).until(() -> puts().size() > 1);
        assertThat(puts()).containsOnly(put);
        assertThat(sandbox.run(offset, "logs", "instabook-cache-canary").out()).contains("instabook-cache-canary | ",
                "stand-in has started");
        assertThat(shop("instabook-cache")).returns(1, Outcome::code).extracting(Outcome::out).asString().contains("has a canary already");

        assertThat(shop("instabook-cache", "--weight", "50", "-d")).returns(0, Outcome::code);
        assertThat(puts().getLast()).contains("\"weight\":50");

        assertThat(shop("--abort")).returns(0, Outcome::code).extracting(Outcome::out).asString()
                .contains("instabook-cache-canary stopped", "Aborted: all requests go to the usual copy of instabook-cache.");
        assertThat(console.requests().getLast()).isEqualTo("DELETE " + ROUTE);
        assertThat(processes("instabook-cache-canary")).isZero();
        assertThat(sandbox.run(offset, "status").out()).doesNotContain("canary");
        assertThat(shop("--abort")).isEqualTo(new Outcome(1, "shop: There is no canary.\n"));
        assertThat(shop("instabook-cache", "--promote")).isEqualTo(new Outcome(1, "instabook-cache has no canary.\n"));
    }

    @Test
    void shouldCompareBothVersionsUntilCtrlC() throws Exception {
        up();
        var output = directory.resolve("canary.txt");
        var canary = sandbox.start(output, "canary", "instabook-cache", "--weight", "20", "--port-offset", n);
        await("the comparison").atMost(PATIENCE).until(() -> Files.readString(output).contains("p95"));

        Signal.INT.send(canary.pid());

        assertThat(canary.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(canary.exitValue()).isEqualTo(130);
        assertThat(processes("instabook-cache-canary")).as("it goes on").isOne();
        assertThat(shop("--status")).isEqualTo(new Outcome(0, """
                instabook-cache, the last 40 s           requests     rate    errors       p95
                  1.0.0                                       214    5.4/s     0.0 %     31 ms
                  1.0.0-canary  (canary, 20 %)                 23    0.6/s    13.0 %     1.3 s
                """));
        assertThat(sandbox.run(offset, "down")).returns(0, Outcome::code);
        assertThat(console.requests().getLast()).isEqualTo("DELETE " + ROUTE);
        assertThat(processes("instabook-cache-canary")).isZero();
    }

    @Test
    void shouldPromoteWithAllRequestsAtTheCanaryMeanwhile() throws Exception {
        up();
        var before = sandbox.status(offset, "instabook-cache").pid();
        assertThat(shop("instabook-cache", "--env", "COLOUR=blue", "-d")).returns(0, Outcome::code);
        console.answers("PUT " + ROUTE, 200, RouteAnswers.canary(100));

        assertThat(shop("--promote")).returns(0, Outcome::code).extracting(Outcome::out).asString().containsSubsequence(
                "All requests for instabook-cache go to instabook-cache-canary.", "instabook-cache stopped", "instabook-cache ready",
                "instabook-cache-canary stopped", "Promoted: instabook-cache runs what the canary ran.");

        assertThat(puts().getLast()).contains("\"weight\":100");
        assertThat(console.requests().getLast()).isEqualTo("DELETE " + ROUTE);
        assertThat(processes("instabook-cache-canary")).isZero();
        assertThat(sandbox.status(offset, "instabook-cache").pid()).isNotEqualTo(before);
        assertThat(sandbox.environmentOf(offset, "instabook-cache")).contains("COLOUR=blue")
                .noneMatch(line -> line.startsWith("OTEL_RESOURCE_ATTRIBUTES"));
        assertThat(sandbox.run(offset, "restart", "instabook-cache")).returns(0, Outcome::code);
        assertThat(sandbox.environmentOf(offset, "instabook-cache")).as("it stays so").contains("COLOUR=blue");
    }

    @Test
    void shouldNotPromoteWhileAnInstanceDoesNotUseTheRoute() throws Exception {
        up();
        var before = sandbox.status(offset, "instabook-cache").pid();
        console.answers("PUT " + ROUTE, 200, RouteAnswers.partly(10));
        assertThat(shop("instabook-cache", "-d")).returns(0, Outcome::code).extracting(Outcome::out).asString()
                .contains("Only 1 of 2 instances route by it; not: instabook i-2.");

        assertThat(shop("--promote")).returns(1, Outcome::code).extracting(Outcome::out).asString()
                .contains("Not promoted, because requests would fail while instabook-cache is restarted.");

        assertThat(sandbox.status(offset, "instabook-cache").pid()).isEqualTo(before);
        assertThat(puts().getLast()).contains("\"weight\":10");
        assertThat(processes("instabook-cache-canary")).isOne();
    }

    @Test
    void shouldKeepTheCanaryIfTheUsualCopyDoesNotStartAsTheCanaryDoes() throws Exception {
        up();
        assertThat(shop("instabook-cache", "--env", "COLOUR=blue", "-d")).returns(0, Outcome::code);
        console.answers("PUT " + ROUTE, 200, RouteAnswers.canary(100));
        var output = directory.resolve("promote.txt");
        sandbox.behave("instabook-cache", "broken");
        var promote = sandbox.start(output, "canary", "--promote", "--port-offset", n);
        await().atMost(PATIENCE).until(() -> Files.readString(output).contains("does not start as the canary does"));

        assertThat(promote.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(promote.exitValue()).isOne();
        assertThat(puts().getLast()).contains("\"weight\":10");
        assertThat(processes("instabook-cache-canary")).isOne();
        sandbox.behave("instabook-cache", "");
        assertThat(sandbox.run(offset, "start", "instabook-cache")).returns(0, Outcome::code);
        assertThat(sandbox.environmentOf(offset, "instabook-cache")).as("as before").noneMatch(line -> line.startsWith("COLOUR"));
    }

    @Test
    void shouldTakeAnUnreadyCanaryItsRequests() throws Exception {
        up();
        assertThat(shop("instabook-cache", "-d")).returns(0, Outcome::code);

        sandbox.behave("instabook-cache-canary", "unready");

        await("the end of the route").atMost(PATIENCE).until(() -> console.requests().contains("DELETE " + ROUTE));
        var removed = puts().size();
        sandbox.behave("instabook-cache-canary", "");
        await("the route is back").atMost(PATIENCE).until(() -> puts().size() > removed);
    }

    @Test
    void shouldStopACanaryThatAKilledLauncherHasLeft() throws Exception {
        up();
        assertThat(shop("instabook-cache", "-d")).returns(0, Outcome::code);

        State.read(sandbox.instance(offset)).orElseThrow().launcher().kill();

        await().atMost(PATIENCE).until(() -> sandbox.status(offset, "launcher").state().equals("stopped"));
        assertThat(processes("instabook-cache-canary")).isOne();
        assertThat(sandbox.run(offset, "down")).returns(0, Outcome::code).extracting(Outcome::out).asString()
                .contains("instabook-cache-canary (pid ");
        assertThat(processes("instabook-cache-canary")).isZero();
    }

    @Test
    void shouldRunThePackageOfAnotherCheckout() throws Exception {
        up();
        var next = new Sandbox(other);
        Files.createFile(next.checkout().resolve("shop"));

        assertThat(shop("instabook-cache", "--from", next.checkout().toString(), "-d")).returns(0, Outcome::code)
                .extracting(Outcome::out).asString()
                .contains("(version 2.1.0-canary, from " + next.checkout() + ")");

        assertThat(OsProcess.commandLine(pid())).contains("-jar " + next.checkout().resolve("instabook-cache"),
                sandbox.instance(offset).marker("instabook-cache-canary"));
        assertThat(shop("instabook-cache", "--from", "no/such/folder")).returns(2, Outcome::code).extracting(Outcome::out).asString()
                .contains("--from: no/such/folder is no copy of this project.");
    }

    @Test
    void shouldLeaveNothingOfACanaryThatDoesNotStartOrIsRefused() throws Exception {
        assertThat(shop("instabook-cache")).returns(1, Outcome::code).extracting(Outcome::out).asString().contains("Nothing is up");
        up();
        sandbox.behave("instabook-cache-canary", "broken");
        assertThat(shop("instabook-cache")).returns(1, Outcome::code).extracting(Outcome::out).asString()
                .contains("instabook-cache-canary did not start: exit code 3", "cannot find the warp core");
        assertThat(puts()).isEmpty();
        sandbox.behave("instabook-cache-canary", "");
        console.answers("PUT " + ROUTE, 409, "{\"error\":\"instabook-cache already has a canary of bob\"}");
        assertThat(shop("instabook-cache")).returns(1, Outcome::code).extracting(Outcome::out).asString()
                .contains("instabook-cache already has a canary of bob.");
        assertThat(processes("instabook-cache-canary")).isZero();
        assertThat(sandbox.status(offset, "instabook-cache")).returns("ready", Status::state);
        assertThat(sandbox.run(offset, "status").out()).doesNotContain("canary");
    }

    private void up() throws IOException, InterruptedException {
        assertThat(sandbox.run("up", "-d", "--only", "instabook-cache,instabook", "--port-offset", n)).returns(0, Outcome::code);
    }

    private Outcome shop(String... more) throws IOException, InterruptedException {
        return sandbox.run(offset, "canary", more);
    }

    private List<String> puts() {
        return console.requests().stream().filter(request -> request.startsWith("PUT")).toList();
    }

    private long pid() throws IOException {
        return OsProcess.withMarker(sandbox.instance(offset).marker("instabook-cache-canary") + " ").findFirst().orElseThrow().pid();
    }

    private long processes(String name) {
        return OsProcess.withMarker(sandbox.instance(offset).marker(name) + " ").count();
    }

    /** Returns the environment of the canary. */
    private List<String> environment() throws IOException {
        var url = Pattern.compile("\"url\":\"([^\"]+)\"").matcher(puts().getFirst());
        assertThat(url.find()).isTrue();
        try (var body = URI.create(url.group(1) + "/environment").toURL().openStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
