package org.debugshop.defaults.controls;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReleaseTest {

    private static final String ON = "{\"faults\":{\"deploy\":1.0}}";

    private final Vertx vertx = Vertx.vertx();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void shouldBeTheNextOneIfTheFaultIsOn() {
        var release = release(console(request -> send(request, ON)), "");

        assertThat(release.version()).isEqualTo("1.1");
        assertThat(release.isNext()).isTrue();
        assertThat(requests).singleElement().asString().startsWith("/controls?service=ads+shop&instance=")
                .endsWith(" Basic YWRtaW46c2VjcmV0");
    }

    @Test
    void shouldBeTheUsualOneIfItIsOff() {
        var release = release(console(request -> send(request, "{\"faults\":{\"other\":1.0}}")), "deploy");

        assertThat(release.version()).isEqualTo("1.0");
        assertThat(release.isNext()).isFalse();
    }

    @Test
    void shouldNotWaitForAConsoleThatSendsNothing() {
        var started = System.nanoTime();

        assertThat(release(console(request -> send(request, null)), "").isNext()).isFalse();
        assertThat(release(console(request -> {}), "").isNext()).isFalse();
        assertThat(release(console(request -> request.response().setStatusCode(401).end()), "").isNext()).isFalse();
        assertThat(release(console(request -> send(request, "no JSON")), "").isNext()).isFalse();
        assertThat(release(URI.create("http://localhost:1"), "").isNext()).isFalse();

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void shouldFollowTheEnvironmentWithoutAConsole() {
        assertThat(release(null, "deploy").version()).isEqualTo("1.1");
        assertThat(release(URI.create("http://localhost:1"), "deploy=1").version()).isEqualTo("1.1");
        assertThat(release(null, "other").version()).isEqualTo("1.0");
    }

    @Test
    void shouldAskNothingIfThereIsNoNextOne() {
        var console = console(request -> send(request, ON));

        assertThat(new Release("1.0", Optional.empty(), Optional.of("deploy"), "ads", settings(console, ""),
                GivenSettings.Admin.withPassword(Optional.of("secret"))).version())
                .isEqualTo("1.0");
        assertThat(requests).isEmpty();
    }

    private static Release release(URI console, String faults) {
        return new Release("1.0", Optional.of("1.1"), Optional.of("deploy"), "ads shop", settings(console, faults),
                GivenSettings.Admin.withPassword(Optional.of("secret")));
    }

    private URI console(Consumer<HttpServerRequest> answer) {
        HttpServer server = vertx.createHttpServer().requestHandler(request -> {
            requests.add(request.uri() + " " + request.getHeader("Authorization"));
            answer.accept(request);
        }).listen(0, "localhost").toCompletionStage().toCompletableFuture().join();
        return URI.create("http://localhost:" + server.actualPort() + "/");
    }

    /** The stream stays open, as that of a console. @param state null for none */
    private static void send(HttpServerRequest request, String state) {
        request.response().setChunked(true).putHeader("Content-Type", "text/event-stream")
                .write(state == null ? ": here\n\n" : "data:" + state + "\n\n");
    }

    /** @param console null for none */
    private static ControlSettings settings(URI console, String faults) {
        return new GivenSettings(Optional.ofNullable(console), Optional.of(faults), Duration.ofSeconds(30), Duration.ofSeconds(15));
    }
}
