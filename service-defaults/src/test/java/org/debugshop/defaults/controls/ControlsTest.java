package org.debugshop.defaults.controls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.resources.Resource;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.debugshop.defaults.routes.Routes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlsTest {

    private static final Duration LEASE = Duration.ofMillis(700);

    private final Vertx vertx = Vertx.vertx();
    private final Console console = new Console();
    private Controls controls;

    @AfterEach
    void end() {
        if (controls != null) {
            controls.stop(new ShutdownEvent());
        }
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void shouldApplyWhatTheConsoleSendsAndReportIt() {
        console.listen(0);
        start(console.url(), "");
        var declined = controls.fault("payment-declined", 0.3);
        var slow = controls.fault("slow-consumer");
        assertThat(declined.isOn()).isFalse();
        assertThat(declined.strikes()).isFalse();

        console.awaitStream();
        console.send("{\"faults\":{\"payment-declined\":0.5,\"of-another-version\":1}}");

        await().until(declined::isOn);
        assertThat(declined.strength()).isEqualTo(0.5);
        assertThat(slow.isOn()).isFalse();
        await().until(() -> console.reported().equals("{\"faults\":{\"payment-declined\":0.5,\"slow-consumer\":0.0},\"problems\":{}}"));
        assertThat(console.paths).contains("GET /controls?service=payments&instance=one%2Ftwo", "PUT /controls/payments/one%2Ftwo");

        console.send("{\"faults\":{}}");
        await().until(() -> !declined.isOn());
        await().until(() -> console.reported().contains("\"payment-declined\":0.0"));
    }

    @Test
    void shouldSendThePassword() {
        console.listen(0);
        start(console.url(), "", Optional.of("secret"));

        console.awaitStream();
        assertThat(console.authorizations).contains("Basic YWRtaW46c2VjcmV0");
    }

    @Test
    void shouldTellAFaultThatIsAskedForLaterWhatTheConsoleHasSent() {
        console.listen(0);
        start(console.url(), "");
        var first = controls.fault("first");
        console.awaitStream();
        console.send("{\"faults\":{\"first\":1,\"later\":7}}");
        await().until(first::isOn);

        assertThat(controls.fault("later").strength()).isEqualTo(7);
    }

    @Test
    void shouldKeepTheStateForAWhileIfTheStreamIsLostAndThenClearIt() {
        console.listen(0);
        start(console.url(), "");
        var fault = controls.fault("slow-consumer");
        console.awaitStream();
        console.send("{\"faults\":{\"slow-consumer\":2}}");
        await().until(fault::isOn);

        var lost = System.nanoTime();
        console.close();
        await().pollInterval(Duration.ofMillis(5)).until(() -> !fault.isOn());
        assertThat(Duration.ofNanos(System.nanoTime() - lost)).isGreaterThanOrEqualTo(LEASE.minusMillis(50));
    }

    @Test
    void shouldKeepTheStateIfTheConsoleIsBackInTime() {
        console.listen(0);
        start(console.url(), "", Optional.empty(), Duration.ofSeconds(20));
        var fault = controls.fault("slow-consumer");
        console.awaitStream();
        console.send("{\"faults\":{\"slow-consumer\":2}}");
        await().until(fault::isOn);

        console.streams.getLast().reset();
        console.awaitStreams(2);
        assertThat(fault.isOn()).isTrue();
        console.send("{\"faults\":{}}");
        await().until(() -> !fault.isOn());
    }

    @Test
    void shouldNoticeAConsoleThatSaysNothingMore() {
        console.listen(0);
        start(console.url(), "");
        console.awaitStream();
        console.awaitStreams(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "{\"faults\":7}", "{\"faults\":{\"slow-consumer\":\"much\"}}", "{\"faults\":{},\"routes\":7}",
            "{\"faults\":{},\"routes\":[7]}", "{\"faults\":{},\"routes\":[{}]}",
            "{\"faults\":{},\"routes\":[{\"id\":\"a\",\"revision\":1,\"service\":\"b\",\"url\":\" \",\"lease_ms\":1}]}"})
    void shouldIgnoreWhatItCannotRead(String event) {
        console.listen(0);
        start(console.url(), "");
        var fault = controls.fault("slow-consumer");
        console.awaitStream();
        console.send(event);
        console.send("{\"faults\":{\"slow-consumer\":3}}");
        await().until(fault::isOn);
    }

    @Test
    void shouldSwitchOnWhatTheEnvironmentSaysWhereNoConsoleRuns() {
        start(Optional.empty(), "payment-declined=0.7, slow-consumer");

        assertThat(controls.fault("payment-declined", 0.3).strength()).isEqualTo(0.7);
        assertThat(controls.fault("slow-consumer", 5).strength()).isEqualTo(5);
        assertThat(controls.fault("other").isOn()).isFalse();
    }

    @Test
    void shouldKeepWhatTheEnvironmentSaysWhereNoConsoleAnswers() {
        start(Optional.of(URI.create("http://localhost:1")), "slow-consumer=2");
        var fault = controls.fault("slow-consumer", 5).with(effect);
        var repaired = controls.fault("table-locked").with(repair);

        await("the lease ended").until(() -> repair.calls.contains("end"));
        assertThat(fault.strength()).isEqualTo(2);
        assertThat(effect.calls).containsExactly("begin 2.0");
        assertThat(repaired.isOn()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=", "a=x", "a=0", "a=-1", "a=NaN", "a=Infinity", "a=1=2"})
    void shouldRefuseAStrengthThatIsNone(String faults) {
        assertThatIllegalArgumentException().isThrownBy(() -> start(Optional.empty(), faults))
                .withMessage("FAULTS must be id[=strength],... with a positive strength, not " + faults);
    }

    @Test
    void shouldReportAFaultOnlyWhenItsEffectHasBegun() {
        console.listen(0);
        start(console.url(), "");
        controls.fault("table-locked").with(effect);
        console.awaitStream();
        effect.isBlocked = true;
        console.send("{\"faults\":{\"table-locked\":1}}");
        await().until(() -> effect.calls.contains("begin 1.0"));
        assertThat(console.reported()).doesNotContain("table-locked");

        effect.unblock();
        await().until(() -> console.reported().contains("\"table-locked\":1.0"));
    }

    @Test
    void shouldReportWhyAnEffectCouldNotBeginAndTryAgain() {
        console.listen(0);
        start(console.url(), "");
        controls.fault("table-locked").with(effect);
        effect.failure = "The database is not available";
        console.awaitStream();
        console.send("{\"faults\":{\"table-locked\":1}}");
        await().until(() -> console.reported().contains("\"problems\":{\"table-locked\":\"The database is not available\"}"));

        effect.failure = null;
        console.send("{\"faults\":{\"table-locked\":1}}");
        await().until(() -> console.reported().contains("\"table-locked\":1.0"));
        console.send("{\"faults\":{}}");
        await().until(() -> effect.calls.getLast().equals("end"));
    }

    @Test
    void shouldRepairWhatAProcessBeforeItHasLeft() {
        console.listen(0);
        start(console.url(), "");
        controls.fault("table-locked").with(effect);
        console.awaitStream();
        console.send("{\"faults\":{}}");
        await().until(() -> effect.calls.equals(List.of("end")));
        console.send("{\"faults\":{}}");
        await().until(() -> console.reported().contains("\"table-locked\":0.0"));
        assertThat(effect.calls).containsExactly("end");
    }

    @Test
    void shouldApplyTheNewestStateAfterAnEffectThatTakesLong() {
        console.listen(0);
        start(console.url(), "");
        var fault = controls.fault("table-locked").with(effect);
        console.awaitStream();
        effect.isBlocked = true;
        console.send("{\"faults\":{\"table-locked\":1}}");
        await().until(() -> effect.calls.contains("begin 1.0"));
        console.send("{\"faults\":{\"table-locked\":2}}");
        console.send("{\"faults\":{}}");
        await().until(() -> !fault.isOn());
        effect.unblock();

        await().until(() -> effect.calls.equals(List.of("begin 1.0", "end")));
    }

    private static final String ROUTE = "{\"id\":\"%s\",\"revision\":%d,\"service\":\"checkout\",\"url\":\"http://localhost:1\",\"weight\":100,"
            + "\"key\":null,\"mirror\":false,\"unsafe\":false,\"events\":false,\"lease_ms\":%d}";

    private static String routes(String... routes) {
        return "{\"faults\":{},\"routes\":[" + String.join(",", routes) + "]}";
    }

    @Test
    void shouldUseTheRoutesThatTheConsoleSendsAndReportThem() {
        console.listen(0);
        start(console.url(), "");
        console.awaitStream();
        console.send(routes(ROUTE.formatted("canary", 7, 60_000)));
        await().until(() -> console.reported().equals("{\"faults\":{},\"problems\":{},\"routes\":{\"canary\":7}}"));
        assertThat(Routes.live()).isPresent();
        assertThat(Routes.live().get().hasCanary()).isTrue();

        console.send(routes(ROUTE.formatted("canary", 8, 60_000), ROUTE.formatted("other", 9, 60_000)));
        await().until(() -> console.reported().equals("{\"faults\":{},\"problems\":{},\"routes\":{\"canary\":8,\"other\":9}}"));

        console.send("{\"faults\":{}}");
        await().until(() -> Routes.live().isEmpty());
        await().until(() -> console.reported().equals("{\"faults\":{},\"problems\":{}}"));
    }

    @Test
    void shouldDropEachRouteWhenItsLeaseEnds() {
        console.listen(0);
        start(console.url(), "");
        console.awaitStream();
        console.send(routes(ROUTE.formatted("canary", 1, 300), ROUTE.formatted("other", 2, 1_200)));
        await().until(() -> console.reported().contains("\"canary\":1,\"other\":2"));
        await().until(() -> Routes.live().isEmpty());
    }

    @Test
    void shouldDropARouteWhenTheStreamIsLostForLongerThanItsLease() {
        console.listen(0);
        start(console.url(), "", Optional.empty(), Duration.ofMinutes(1));
        console.awaitStream();
        console.send(routes(ROUTE.formatted("canary", 1, 1_500)));
        await().until(() -> Routes.live().isPresent());
        console.close();
        await().until(() -> Routes.live().isEmpty());
    }

    @Test
    void shouldDropItsRoutesWhenItStops() {
        console.listen(0);
        start(console.url(), "");
        console.awaitStream();
        console.send(routes(ROUTE.formatted("canary", 1, 60_000)));
        await().until(() -> Routes.live().isPresent());
        controls.stop(new ShutdownEvent());
        assertThat(Routes.live()).isEmpty();
    }

    private final RecordedEffect effect = new RecordedEffect();
    private final RecordedEffect repair = new RecordedEffect();

    private static final class RecordedEffect implements Fault.Effect {
        private final List<String> calls = new CopyOnWriteArrayList<>();
        private volatile String failure;
        private volatile boolean isBlocked;
        private volatile Runnable go = () -> {};

        @Override
        public Uni<Void> begin(double strength) {
            calls.add("begin " + strength);
            if (isBlocked) {
                return Uni.createFrom().emitter(emitter -> go = () -> emitter.complete(null));
            }
            return failure == null ? Uni.createFrom().voidItem() : Uni.createFrom().failure(new IllegalStateException(failure));
        }

        @Override
        public Uni<Void> end() {
            calls.add("end");
            return Uni.createFrom().voidItem();
        }

        void unblock() {
            isBlocked = false;
            go.run();
        }
    }

    private void start(Optional<URI> url, String faults) {
        start(url, faults, Optional.empty());
    }

    private void start(Optional<URI> url, String faults, Optional<String> password) {
        start(url, faults, password, LEASE);
    }

    private void start(Optional<URI> url, String faults, Optional<String> password, Duration lease) {
        controls = new Controls(vertx, new GivenSettings(url, Optional.of(faults), lease, Duration.ofSeconds(2)),
                GivenSettings.Admin.withPassword(password), Resource.builder()
                        .put(AttributeKey.stringKey("service.instance.id"), "one/two").build(),
                "payments", false);
        controls.start(new StartupEvent());
    }

    /** What a console does at its ends of the streams. */
    private final class Console {
        private final List<String> paths = new CopyOnWriteArrayList<>();
        private final List<String> authorizations = new CopyOnWriteArrayList<>();
        private final List<String> reports = new CopyOnWriteArrayList<>();
        private final List<HttpServerResponse> streams = new CopyOnWriteArrayList<>();
        private HttpServer server;

        void listen(int port) {
            server = vertx.createHttpServer().requestHandler(request -> {
                paths.add(request.method() + " " + request.uri());
                authorizations.add(String.valueOf(request.getHeader("Authorization")));
                if (request.method().name().equals("GET")) {
                    var response = request.response().setChunked(true).putHeader("Content-Type", "text/event-stream");
                    response.write(": here\n\n");
                    streams.add(response);
                } else {
                    request.body().onSuccess(body -> {
                        reports.add(new JsonObject(body).encode());
                        request.response().setStatusCode(204).end();
                    });
                }
            }).listen(port, "localhost").toCompletionStage().toCompletableFuture().join();
        }

        Optional<URI> url() {
            return Optional.of(URI.create("http://localhost:" + server.actualPort() + "/"));
        }

        void awaitStream() {
            awaitStreams(1);
        }

        void awaitStreams(int count) {
            await().until(() -> streams.size() >= count);
        }

        void send(String state) {
            streams.getLast().write("data:" + state + "\n\n");
        }

        String reported() {
            return reports.isEmpty() ? "" : reports.getLast();
        }

        void close() {
            server.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
