package org.debugshop.launcher.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.Release;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.sandbox.ConsoleStandIn;
import org.debugshop.launcher.sandbox.InASandbox;
import org.debugshop.launcher.supervise.SupervisedService.Timing;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The fault bad-canary in this JVM, with stand-ins for the console and product-catalog. */
@Tag("nightly")
class BadCanaryTest extends InASandbox {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Timing QUICK = new Timing(Duration.ofMillis(20), Duration.ofMillis(50), PATIENCE, Duration.ofMillis(20),
            Duration.ofMillis(20), 3, Duration.ofMillis(20));
    private static final Service CATALOG = Topology.DEBUG_SHOP.find("product-catalog").orElseThrow();
    private static final String CANARY = "product-catalog-canary";
    private static final String ROUTE = "/api/routes/" + CANARY;
    private static final Pattern URL = Pattern.compile("\"url\":\"([^\"]+)\"");

    private final List<String> lines = new ArrayList<>();
    private ConsoleStandIn console;
    private Supervisor supervisor;
    private Canaries canaries;
    private Thread listening;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        console = new ConsoleStandIn(8090 + offset);
        console.answers("PUT " + ROUTE, 200, "{\"id\":\"product-catalog-canary\",\"instances\":2,\"acknowledged\":2,\"missing\":[]}");
        console.answers("DELETE " + ROUTE, 204, "");
        console.answers("PUT " + controls(), 204, "");
        var instance = sandbox.instance(offset);
        Files.createDirectories(instance.directory());
        supervisor = new Supervisor(instance, List.of(CATALOG),
                new Supervisor.Options(Instance.DEFAULT_HOST, true, PATIENCE, PATIENCE, QUICK), _ -> {});
        assertThat(supervisor.start()).isTrue();
        canaries = new Canaries(instance, supervisor, Instance.DEFAULT_HOST, _ -> {});
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (listening != null) {
            listening.interrupt();
            listening.join();
        }
        supervisor.kill();
        supervisor.stop();
        console.close();
    }

    @Test
    void shouldGiveAVersionWhoseListsFailItsShareWhileTheFaultIsOn() throws Exception {
        listen(PATIENCE);
        wants("\"bad-canary\":0.1");

        awaitReport("\"faults\":{\"bad-canary\":0.1}");
        assertThat(reports().getLast()).contains("\"routes\":{\"other\":7}").contains("\"problems\":{}");
        assertThat(routes().getFirst()).contains("\"service\":\"product-catalog\"", "\"weight\":10", "\"version\":\"2.1.0-canary\"");
        assertThat(environment()).contains("LIST_ORDER=rating", "OTEL_RESOURCE_ATTRIBUTES=service.version=2.1.0-canary");
        assertThat(sandbox.environmentOf(offset, "product-catalog")).noneMatch(line -> line.startsWith("LIST_ORDER"));

        wants("\"bad-canary\":0.3");
        awaitReport("\"faults\":{\"bad-canary\":0.3}");
        assertThat(routes().getLast()).contains("\"weight\":30");

        wants("");
        awaitReport("\"faults\":{\"bad-canary\":0.0}");
        assertThat(processes()).isZero();
        assertThat(console.requests()).contains("DELETE " + ROUTE);
        assertThat(supervisor.state().services()).extracting(State.Entry::name).containsExactly("product-catalog");
    }

    @Test
    @Tag("nightly")
    void shouldLeaveNothingOfAKilledCanary() throws Exception {
        listen(PATIENCE);
        wants("\"bad-canary\":0.1");
        awaitReport("\"faults\":{\"bad-canary\":0.1}");
        var killed = process();
        killed.kill();
        await("another one").atMost(PATIENCE).until(() -> processes() == 1 && process().pid() != killed.pid());
        process().kill();

        wants("");

        awaitReport("\"faults\":{\"bad-canary\":0.0}");
        assertThat(processes()).isZero();
        assertThat(supervisor.state().services()).extracting(State.Entry::name).containsExactly("product-catalog");
    }

    @Test
    @Tag("nightly")
    void shouldEndTheCanarySomeTimeAfterTheConsoleIsGone() throws Exception {
        listen(Duration.ofSeconds(5));
        wants("\"bad-canary\":0.1");
        awaitReport("\"faults\":{\"bad-canary\":0.1}");
        assertThat(processes()).isOne();

        console.answers("GET /controls", 503, "");

        await("the end of the canary").atMost(PATIENCE).until(() -> processes() == 0);
    }

    @Test
    @Tag("nightly")
    void shouldLeaveTheCanaryOfAUserAlone() throws Exception {
        var usersOwn = new Release(sandbox.checkout(), Map.of("LOG_LEVEL", "DEBUG"), Optional.of("3"));
        assertThat(canaries.begin(CATALOG, 20, usersOwn, true, lines::add)).isTrue();
        listen(PATIENCE);

        wants("\"bad-canary\":0.1");
        awaitReport("\"problems\":{\"bad-canary\":\"product-catalog has a canary already. ");
        assertThat(reports().getLast()).contains("\"faults\":{}");
        wants("");
        awaitReport("\"faults\":{\"bad-canary\":0.0}");

        assertThat(processes()).isOne();
        assertThat(console.requests()).doesNotContain("DELETE " + ROUTE);
        assertThat(routes()).allSatisfy(put -> assertThat(put).contains("\"weight\":20"));
    }

    @Test
    void shouldLetUsersAbortTheCanaryButNotPromoteIt() throws Exception {
        listen(PATIENCE);
        wants("\"bad-canary\":0.1");
        awaitReport("\"faults\":{\"bad-canary\":0.1}");

        assertThat(canaries.promote(CATALOG, lines::add)).isFalse();
        assertThat(lines).containsExactly("Not promoted: ./shop canary has not begun this canary. --abort ends it.");
        assertThat(canaries.abort(CATALOG, lines::add)).isTrue();

        awaitReport("\"problems\":{\"bad-canary\":\"its canary was aborted\"}");
        assertThat(processes()).isZero();
        wants("");
        awaitReport("\"faults\":{\"bad-canary\":0.0}");
    }

    private void listen(Duration lease) {
        wants("");
        listening = BadCanary.listen(sandbox.instance(offset), canaries, lease).orElseThrow();
        awaitReport("\"faults\":{\"bad-canary\":0.0}");
    }

    /** The console sends the state once, and ends the stream. So the launcher asks again and again. */
    private void wants(String faults) {
        console.answers("GET /controls", 200, "event:\ndata:{\"faults\":{" + faults
                + "},\"routes\":[{\"id\":\"other\",\"revision\":7,\"service\":\"currency\",\"url\":\"http://localhost:1\",\"lease_ms\":9}]}\n\n");
    }

    private static String controls() {
        return "/controls/launcher/" + ProcessHandle.current().pid();
    }

    private void awaitReport(String part) {
        await(part).atMost(PATIENCE).until(() -> !reports().isEmpty() && reports().getLast().contains(part));
    }

    private List<String> reports() {
        return console.requests().stream().filter(request -> request.startsWith("PUT " + controls())).toList();
    }

    private List<String> routes() {
        return console.requests().stream().filter(request -> request.startsWith("PUT " + ROUTE)).toList();
    }

    private OsProcess process() {
        return OsProcess.withMarker(sandbox.instance(offset).marker(CANARY) + " ").findFirst().orElseThrow();
    }

    private long processes() {
        return OsProcess.withMarker(sandbox.instance(offset).marker(CANARY) + " ").count();
    }

    private List<String> environment() throws IOException {
        var url = URL.matcher(routes().getFirst());
        assertThat(url.find()).isTrue();
        try (var body = URI.create(url.group(1) + "/environment").toURL().openStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
