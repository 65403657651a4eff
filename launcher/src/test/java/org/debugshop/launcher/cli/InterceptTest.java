package org.debugshop.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.debugshop.launcher.instance.LaunchCommand;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.sandbox.ConsoleStandIn;
import org.debugshop.launcher.sandbox.InASandbox;
import org.debugshop.launcher.sandbox.Sandbox.Outcome;
import org.debugshop.launcher.sandbox.Signal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code ./shop intercept} with stand-ins for the console, Maven and the services. */
@Tag("nightly")
class InterceptTest extends InASandbox {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String KEY = "ann";
    /** The id for this service and this key. */
    private static final String ROUTE = "/api/routes/intercept-6ecb1aa7b44f";
    private static final Pattern PORT = Pattern.compile("your copy of instabook-cache.*port (\\d+)");

    private ConsoleStandIn console;
    private Path output;

    @BeforeEach
    void startTheConsole() throws IOException {
        console = new ConsoleStandIn(8090 + offset);
        console.answers("GET /api/routes", 200, RouteAnswers.NONE);
        console.answers("PUT " + ROUTE, 200, RouteAnswers.intercept("intercept-6ecb1aa7b44f", KEY));
        console.answers("DELETE " + ROUTE, 204, "");
        output = directory.resolve("intercept.txt");
    }

    @AfterEach
    void stopTheConsole() {
        console.close();
    }

    @Test
    void shouldRouteTheRequestsWithTheKeyToACommandUntilCtrlC() throws Exception {
        up();
        sandbox.set("MINE", "kept");
        var intercept = intercept();
        awaitRoute();

        assertThat(Files.readString(output)).contains("Everyone else keeps the packaged one.",
                "curl -H 'baggage: debug-shop.intercept=ann' http://localhost:" + (8080 + offset) + "/products", "stand-in has started");
        var put = console.requests().stream().filter(request -> request.startsWith("PUT")).findFirst().orElseThrow();
        assertThat(put).startsWith("PUT " + ROUTE).contains("\"service\":\"instabook-cache\"", "\"key\":\"ann\"", "\"mirror\":false",
                "\"lease_seconds\":10", "\"url\":\"http://localhost:" + port() + "\"", ", pid " + intercept.pid() + "\"")
                .doesNotContain("weight");
        assertThat(environment())
                .contains("PORT=" + port(), "HOST=127.0.0.1", "MINE=kept", "CONTROL_URL=", "INTERCEPT_KEY=ann.without-events")
                .anyMatch(line -> line.matches("OTEL_RESOURCE_ATTRIBUTES=service\\.version=2.1.0-ann"));
        await("the renewal").atMost(PATIENCE).until(() -> console.requests().stream().filter(put::equals).count() > 1);

        Signal.INT.send(intercept.pid());

        assertThat(intercept.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(intercept.exitValue()).isEqualTo(130);
        assertThat(console.requests().getLast()).isEqualTo("DELETE " + ROUTE);
        assertThat(processes()).isZero();
        assertThat(sandbox.events()).contains("ended mine");
    }

    @Test
    void shouldEndTheRouteIfTheCopyIsKilled() throws Exception {
        up();
        var intercept = intercept();
        awaitRoute();

        copies().forEach(OsProcess::kill);

        assertThat(intercept.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(intercept.exitValue()).isOne();
        assertThat(Files.readString(output))
                .contains("Your copy of instabook-cache has ended (killed by signal 9). The packaged one gets all requests again.");
        assertThat(console.requests().getLast()).isEqualTo("DELETE " + ROUTE);
    }

    @Test
    void shouldEndTheCopyIfTheCommandIsKilled() throws Exception {
        up();
        var intercept = intercept();
        awaitRoute();
        assertThat(processes()).isOne();

        intercept.destroyForcibly().waitFor();

        await("the copy has ended").atMost(PATIENCE).until(() -> processes() == 0);
        assertThat(sandbox.events()).as("by SIGTERM").contains("ended mine");
    }

    @Test
    void shouldRunDevModeByDefaultAndEndAllItsProcesses() throws Exception {
        up();
        var intercept = sandbox.start(output, "intercept", "instabook-cache", "--key", KEY, "--events", "--port-offset", n);
        awaitRoute();

        assertThat(sandbox.events()).contains("mvnw -pl instabook-cache -am quarkus:dev");
        assertThat(Files.readString(output)).containsPattern("in dev mode, port \\d+, debugger on \\d+");
        var marker = sandbox.instance(offset).marker("instabook-cache-intercept-ann") + " ";
        assertThat(OsProcess.withMarker(marker).count()).as("Maven and the service").isEqualTo(2);
        assertThat(environment()).contains("PORT=" + port(), "INTERCEPT_KEY=ann");
        assertThat(console.requests()).anyMatch(request -> request.startsWith("PUT") && request.contains("\"events\":true"));

        Signal.TERM.send(intercept.pid());

        assertThat(intercept.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(intercept.exitValue()).isEqualTo(143);
        assertThat(OsProcess.withMarker(marker).count()).isZero();
        assertThat(console.requests().getLast()).isEqualTo("DELETE " + ROUTE);
    }

    @Test
    void shouldSayThatTheKeyIsTaken() throws Exception {
        up();
        console.answers("GET /api/routes", 200, RouteAnswers.all(RouteAnswers.intercept("other", KEY)));
        assertThat(shop("--key", KEY)).isEqualTo(
                new Outcome(1, "shop: instabook-cache is intercepted with the key ann already, by bob@desk, pid 7.\n"));
        assertThat(sandbox.events()).noneMatch(event -> event.startsWith("mvnw"));

        console.answers("GET /api/routes", 200, RouteAnswers.NONE);
        console.answers("PUT " + ROUTE, 409, "{\"error\":\"instabook-cache is already intercepted with the key ann, by bob\"}");
        var intercept = intercept();
        assertThat(intercept.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(intercept.exitValue()).isOne();
        assertThat(Files.readString(output)).contains("shop: instabook-cache is already intercepted with the key ann, by bob.");
        assertThat(processes()).isZero();
    }

    @Test
    void shouldEndIfTheConsoleRefusesARenewal() throws Exception {
        up();
        var intercept = intercept();
        awaitRoute();

        console.answers("PUT " + ROUTE, 409, "{\"error\":\"It belongs to bob\"}");

        assertThat(intercept.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(intercept.exitValue()).isOne();
        assertThat(Files.readString(output)).contains("shop: It belongs to bob.");
    }

    @Test
    void shouldEndWithTheSystem() throws Exception {
        up();
        var intercept = intercept();
        awaitRoute();

        assertThat(sandbox.run(offset, "down")).returns(0, Outcome::code);

        assertThat(intercept.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(intercept.exitValue()).isZero();
        assertThat(Files.readString(output)).contains("The system is not up any more.");
        assertThat(processes()).isZero();
    }

    @Test
    void shouldExplainWhyNothingIsIntercepted() throws Exception {
        assertThat(shop("--key", KEY)).returns(1, Outcome::code).extracting(Outcome::out).asString().contains("Nothing is up");
        up();
        assertThat(shop("--key", KEY, "--", "./no-such-program"))
                .isEqualTo(new Outcome(1, "shop: There is no command './no-such-program'.\n"));
        assertThat(shop("--key", KEY, "--", "no-such-program", "x"))
                .isEqualTo(new Outcome(1, "shop: There is no command 'no-such-program'.\n"));
        assertThat(shop("--key", KEY, "--", "sh", "-c", "echo no luck; exit 3")).returns(1, Outcome::code).extracting(Outcome::out)
                .asString()
                .contains("no luck", "shop: Your copy of instabook-cache did not start: exit code 3.");
        assertThat(shop("--key", KEY, "--timeout", "1", "--", "sleep", "60")).returns(1, Outcome::code).extracting(Outcome::out).asString()
                .contains("is not healthy after 1 s");
        assertThat(console.requests()).noneMatch(request -> request.startsWith("PUT"));
    }

    private void up() throws IOException, InterruptedException {
        assertThat(sandbox.run("up", "-d", "--only", "instabook-cache,instabook", "--port-offset", n)).returns(0, Outcome::code);
    }

    /** Intercepts with another stand-in as the copy. */
    private Process intercept() throws IOException {
        return sandbox.start(output, "intercept", "instabook-cache", "--key", KEY, "--port-offset", n, "--", LaunchCommand.java(),
                "-Dshop.process=" + directory.toRealPath() + "/mine", "-jar", "instabook-cache/target/quarkus-app/quarkus-run.jar");
    }

    private Outcome shop(String... more) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of("intercept", "instabook-cache", "--port-offset", n));
        arguments.addAll(List.of(more));
        return sandbox.run(arguments.toArray(String[]::new));
    }

    private void awaitRoute() {
        await("the route").atMost(PATIENCE).until(() -> Files.readString(output).contains("Ctrl-C ends it."));
    }

    private long processes() throws IOException {
        return copies().count();
    }

    /** Returns the processes of the command, and not ./shop itself, whose command line has the same words. */
    private Stream<OsProcess> copies() throws IOException {
        return OsProcess.withMarker("-Dshop.process=" + directory.toRealPath() + "/mine ")
                .filter(process -> !OsProcess.commandLine(process.pid()).contains(Shop.class.getName()));
    }

    private int port() throws IOException {
        var port = PORT.matcher(Files.readString(output));
        assertThat(port.find()).isTrue();
        return Integer.parseInt(port.group(1));
    }

    private List<String> environment() throws IOException {
        try (var body = URI.create("http://127.0.0.1:" + port() + "/environment").toURL().openStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
