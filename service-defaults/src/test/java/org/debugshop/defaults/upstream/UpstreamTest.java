package org.debugshop.defaults.upstream;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.debugshop.defaults.upstream.UpstreamFailure.Kind.FAILED;
import static org.debugshop.defaults.upstream.UpstreamFailure.Kind.REFUSED;
import static org.debugshop.defaults.upstream.UpstreamFailure.Kind.TOO_SLOW;
import static org.debugshop.defaults.upstream.UpstreamFailure.Kind.UNREACHABLE;
import static org.debugshop.defaults.upstream.UpstreamFailure.Kind.UNREADABLE;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.opentelemetry.api.baggage.Baggage;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.debugshop.defaults.http.ErrorBody;
import org.debugshop.defaults.routes.Route;
import org.debugshop.defaults.routes.Routes;
import org.jboss.resteasy.reactive.client.api.QuarkusRestClientProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class UpstreamTest {

    record Thing(int id) {}

    @Path("/thing")
    interface ThingClient {
        @GET
        Uni<Thing> thing();
    }

    private final WireMockServer below = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    /** Its timeout is far longer than any answer takes; tests of slow answers use a short one. */
    private Upstream upstream = new Upstream("thing-service", Duration.ofSeconds(20));

    @BeforeEach
    void start() {
        below.start();
    }

    @AfterEach
    void stop() {
        below.stop();
    }

    @Test
    void shouldReturnTheAnswer() {
        answers(aResponse().withHeader("Content-Type", "application/json").withBody("{\"id\":7}"));
        assertThat(call()).isEqualTo(new Thing(7));
    }

    @Test
    void shouldWaitLongerForARequestWithTheKeyOfAnIntercept() {
        var slow = Uni.createFrom().item("late").onItem().delayIt().by(Duration.ofMillis(300));
        var impatient = new Upstream("thing-service", Duration.ofMillis(20));
        Routes.replace(List.of(new Route("r", 1, "another-service", URI.create("http://localhost:1"), 0, "ann", false, false, false,
                System.nanoTime() + Duration.ofHours(1).toNanos())), false);
        try (var _ = Baggage.builder().put("debug-shop.intercept", "ann").build().makeCurrent()) {
            assertThat(impatient.call(slow).await().indefinitely()).isEqualTo("late");
        }
        try (var _ = Baggage.builder().put("debug-shop.intercept", "bob").build().makeCurrent()) {
            assertThat(catchThrowableOfType(UpstreamFailure.class, () -> impatient.call(slow).await().indefinitely()).kind())
                    .isEqualTo(TOO_SLOW);
        } finally {
            Routes.replace(List.of(), false);
        }
    }

    @Test
    void shouldPassOnA4xxWithItsBody() {
        answers(aResponse().withStatus(404).withHeader("Content-Type", "application/json").withBody("{\"error\":\"No such thing\"}"));
        failsWith(REFUSED, 404, 404, "{\"error\":\"No such thing\"}");
    }

    @Test
    void shouldPassOnTheChallengesOfA401() {
        answers(aResponse().withStatus(401).withHeader("WWW-Authenticate", "Bearer realm=\"a\"", "Basic realm=\"a\"").withBody("{}"));
        assertThat(failsWith(REFUSED, 401, 401, "{}").answer().getStringHeaders().get("WWW-Authenticate"))
                .containsExactly("Bearer realm=\"a\"", "Basic realm=\"a\"");
        answers(aResponse().withStatus(404).withBody("{}"));
        assertThat(failsWith(REFUSED, 404, 404, "{}").answer().getHeaders()).doesNotContainKey("WWW-Authenticate");
    }

    @Test
    void shouldPassOnA503WithRetryAfter() {
        answers(aResponse().withStatus(503).withHeader("Retry-After", "3").withBody("{\"error\":\"Later\"}"));
        var failure = failsWith(REFUSED, 503, 503, "{\"error\":\"Later\"}");
        assertThat(failure.answer().getHeaderString("Retry-After")).isEqualTo("3");
    }

    @Test
    void shouldMapA5xxTo502AndNameTheService() {
        answers(aResponse().withStatus(503).withBody("<html>"));
        var failure = failsWith(FAILED, 503, 502, new ErrorBody("thing-service failed with status 503"));
        assertThat(failure.didNothing()).isFalse();
    }

    @Test
    void shouldPassOnThatNothingWasDone() {
        answers(aResponse().withStatus(502).withHeader("Retry-After", "1"));
        var failure = failsWith(FAILED, 502, 502, new ErrorBody("thing-service failed with status 502"));
        assertThat(failure.didNothing()).isTrue();
        failure.nothingWasDone();
        assertThat(failure.answer().getHeaderString("Retry-After")).isEqualTo("1");
    }

    @Test
    void shouldMapASlowAnswerTo504() {
        upstream = new Upstream("thing-service", Duration.ofMillis(300));
        answers(aResponse().withFixedDelay(60_000).withBody("{\"id\":7}"));
        failsWith(TOO_SLOW, 0, 504, new ErrorBody("thing-service did not answer in time"));
    }

    @Test
    void shouldCloseTheConnectionOfACallThatItNoLongerWaitsFor() throws Exception {
        upstream = new Upstream("thing-service", Duration.ofMillis(300));
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var client = QuarkusRestClientBuilder.newBuilder().baseUri(URI.create("http://127.0.0.1:" + silent.getLocalPort()))
                    .build(ThingClient.class);
            var failed = upstream.call(client.thing()).subscribeAsCompletionStage();
            try (var connection = silent.accept()) {
                connection.setSoTimeout(20_000);
                assertThat(new String(connection.getInputStream().readAllBytes(), US_ASCII)).startsWith("GET /thing ");
            }
            assertThat(failed).isCompletedExceptionally();
        }
    }

    /** The next free connection of the pool is for that call, although nobody waits for its answer any more. */
    @Test
    void shouldSoonUseTheConnectionOfACallThatGaveUpWaitingForIt() throws Exception {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var client = QuarkusRestClientBuilder.newBuilder().baseUri(URI.create("http://127.0.0.1:" + silent.getLocalPort()))
                    .property(QuarkusRestClientProperties.CONNECTION_POOL_SIZE, 1).build(ThingClient.class);
            var first = new Upstream("thing-service", Duration.ofMillis(300)).call(client.thing()).subscribeAsCompletionStage();
            var second = new Upstream("thing-service", Duration.ofMillis(100)).call(client.thing()).subscribeAsCompletionStage();
            assertThat(first).failsWithin(Duration.ofSeconds(20));
            assertThat(second).isCompletedExceptionally();
            silent.accept().close();

            var retried = upstream.call(client.thing()).onFailure().retry().indefinitely().subscribe().with(_ -> {});
            try (var connection = silent.accept()) {
                connection.setSoTimeout(20_000);
                assertThat(new String(connection.getInputStream().readNBytes(11), US_ASCII)).isEqualTo("GET /thing ");
            } finally {
                retried.cancel();
            }
        }
    }

    @Test
    void shouldMapATricklingBodyTo504() {
        upstream = new Upstream("thing-service", Duration.ofMillis(300));
        answers(aResponse().withHeader("Content-Type", "application/json").withChunkedDribbleDelay(100, 60_000)
                .withBody("{\"id\":7}" + " ".repeat(100)));
        failsWith(TOO_SLOW, 0, 504, new ErrorBody("thing-service did not answer in time"));
    }

    @Test
    void shouldMapAMissingServiceTo502() {
        below.stop();
        assertThat(failsWith(UNREACHABLE, 0, 502, new ErrorBody("thing-service is unreachable")).didNothing()).isTrue();
    }

    @Test
    void shouldMapABrokenConnectionTo502() {
        answers(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
        assertThat(failsWith(UNREACHABLE, 0, 502, new ErrorBody("thing-service is unreachable")).didNothing()).isFalse();
    }

    @Test
    void shouldMapAnUnreadableAnswerTo502() {
        for (var body : new String[]{"{\"id\":\"seven\"}", "nonsense", "{\"id\":"}) {
            answers(aResponse().withHeader("Content-Type", "application/json").withBody(body));
            failsWith(UNREADABLE, 0, 502, new ErrorBody("thing-service gave an answer that cannot be read"));
        }
    }

    private void answers(ResponseDefinitionBuilder answer) {
        below.stubFor(get(urlEqualTo("/thing")).willReturn(answer));
    }

    private Thing call() {
        var client = QuarkusRestClientBuilder.newBuilder().baseUri(URI.create("http://localhost:" + (below.isRunning() ? below.port() : 1)))
                .build(ThingClient.class);
        return upstream.call(client.thing()).await().indefinitely();
    }

    private UpstreamFailure failsWith(UpstreamFailure.Kind kind, int upstreamStatus, int status, Object body) {
        var failure = catchThrowableOfType(UpstreamFailure.class, this::call);
        assertThat(failure).isNotNull();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.upstreamStatus()).isEqualTo(upstreamStatus);
        assertThat(failure.answer().getStatus()).isEqualTo(status);
        assertThat(failure.answer().getEntity()).isEqualTo(body);
        return failure;
    }
}
