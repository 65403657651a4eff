package org.debugshop.defaults.controls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.resources.Resource;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One server is both the console and the canary's own URL. */
class CanaryTest {

    private static final String PUT = "PUT /api/routes/canary-checkout";
    private static final String DELETE = "DELETE /api/routes/canary-checkout";
    private static final String READY = "GET /health/ready";

    private final Vertx vertx = Vertx.vertx();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final List<Throwable> unhandled = new CopyOnWriteArrayList<>();
    private final List<JsonObject> routes = new CopyOnWriteArrayList<>();
    private volatile int health = 200;
    private volatile int answer = 200;
    /** Of an answer about the health, in milliseconds. */
    private volatile int delay;
    private volatile int closed;
    private HttpServer server;
    private Canary canary;

    @AfterEach
    void end() {
        if (canary != null) {
            canary.stop(new ShutdownEvent());
        }
        vertx.close().toCompletionStage().toCompletableFuture().join();
        assertThat(unhandled).isEmpty();
    }

    @BeforeEach
    void watch() {
        vertx.exceptionHandler(unhandled::add);
    }

    @Test
    void shouldRenewItsRouteWhileItIsReady() {
        start(console(), 20);

        await().until(() -> routes.size() >= 3);
        assertThat(requests).startsWith(READY, PUT, READY, PUT).doesNotContain(DELETE);
        assertThat(routes.getFirst()).isEqualTo(new JsonObject("""
                {"service": "checkout", "url": "%s", "weight": 20, "key": null, "mirror": false, "unsafe": false, "events": false,
                 "owner": "localhost", "version": "abc1234", "lease_seconds": 10}""".formatted(url())));
        assertThat(authorizations).contains("Basic YWRtaW46c2VjcmV0");
    }

    @Test
    void shouldNotAskForShoppersBeforeItIsReady() {
        health = 503;
        start(console(), 10);
        await().until(() -> requests.size() >= 3);
        assertThat(requests).containsOnly(READY);

        health = 200;
        await().until(() -> requests.contains(PUT));
    }

    @Test
    void shouldGiveTheShoppersBackWhenItIsNotReadyAnyMore() {
        start(console(), 10);
        await().until(() -> requests.contains(PUT));

        health = 503;

        await().until(() -> requests.contains(DELETE));
        var seen = requests.size();
        await().until(() -> requests.size() > seen + 2);
        assertThat(requests.subList(requests.indexOf(DELETE) + 1, requests.size())).containsOnly(READY);
        health = 200;
        await().until(() -> requests.lastIndexOf(PUT) > requests.indexOf(DELETE));
    }

    @Test
    void shouldGiveTheShoppersBackBeforeItStops() {
        start(console(), 10);
        await().until(() -> requests.contains(PUT));

        canary.stop(new ShutdownDelayInitiatedEvent());

        await().until(() -> requests.getLast().equals(DELETE));
        canary.stop(new ShutdownEvent());
        assertThat(requests.stream().filter(DELETE::equals)).hasSize(1);
    }

    /** The question whether it is reachable may be under way meanwhile. */
    @Test
    void shouldNotAskAgainAfterThat() {
        start(console(), 10);
        await().until(() -> requests.contains(PUT));
        delay = 300;
        var seen = requests.size();
        await().until(() -> requests.size() > seen && requests.getLast().equals(READY));

        canary.stop(new ShutdownDelayInitiatedEvent());

        await("it has closed its connection").until(() -> closed > 0);
        assertThat(requests.getLast()).isEqualTo(DELETE);
    }

    /** The route may belong to somebody else. */
    @Test
    void shouldNotRemoveARouteThatTheConsoleHasRefused() {
        answer = 409;
        start(console(), 10);
        await().until(() -> routes.size() >= 2);

        health = 503;
        var seen = requests.size();
        await().until(() -> requests.size() > seen + 3);
        assertThat(requests).doesNotContain(DELETE);
    }

    @Test
    void shouldTryAgainUntilTheConsoleIsThere() {
        answer = 500;
        start(console(), 10);
        await().until(() -> routes.size() >= 2);
        answer = 200;
        var seen = routes.size();
        await().until(() -> routes.size() > seen);
        assertThat(requests).doesNotContain(DELETE);
    }

    @Test
    void shouldBeNoCanaryWithoutAnUrlOrWithoutAConsole() {
        server = listen();
        create(Optional.of(url()), Optional.empty(), 10).start(new StartupEvent());
        create(Optional.empty(), Optional.of(url()), 10).start(new StartupEvent());
        start(url(), 10);

        await().until(() -> requests.contains(PUT));
        assertThat(requests.indexOf(PUT)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 101, -1})
    void shouldRefuseAWeightThatIsNoShare(int weight) {
        assertThatIllegalArgumentException().isThrownBy(() -> create(Optional.empty(), Optional.empty(), weight))
                .withMessage("CANARY_WEIGHT must be from 1 to 100, not " + weight);
    }

    private void start(URI console, int weight) {
        canary = create(Optional.of(console), Optional.of(url()), weight);
        canary.start(new StartupEvent());
    }

    private Canary create(Optional<URI> console, Optional<URI> url, int weight) {
        return new Canary(vertx, new GivenSettings(console, Optional.empty(), Duration.ofSeconds(30), Duration.ofSeconds(15)),
                GivenSettings.Admin.withPassword(Optional.of("secret")), Resource.builder()
                        .put(AttributeKey.stringKey("service.version"), "abc1234").build(),
                "checkout", url, weight, Duration.ofMillis(50));
    }

    private URI console() {
        server = listen();
        return URI.create(url() + "/");
    }

    private URI url() {
        return URI.create("http://localhost:" + server.actualPort());
    }

    private HttpServer listen() {
        return vertx.createHttpServer().connectionHandler(connection -> connection.closeHandler(_ -> closed++)).requestHandler(request -> {
            requests.add(request.method() + " " + request.uri());
            authorizations.add(String.valueOf(request.getHeader("Authorization")));
            request.body().onSuccess(body -> {
                var isHealth = request.uri().equals("/health/ready");
                if (request.method().name().equals("PUT")) {
                    routes.add(new JsonObject(body));
                }
                if (isHealth && delay > 0) {
                    vertx.setTimer(delay, _ -> request.response().setStatusCode(health).end());
                } else {
                    request.response().setStatusCode(isHealth ? health : answer).end();
                }
            });
        }).listen(0, "localhost").toCompletionStage().toCompletableFuture().join();
    }

}
