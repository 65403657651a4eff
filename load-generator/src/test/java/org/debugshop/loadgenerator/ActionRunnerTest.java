package org.debugshop.loadgenerator;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator.SplittableGenerator;
import org.debugshop.defaults.routes.Route;
import org.debugshop.defaults.routes.Routes;
import org.debugshop.defaults.upstream.Upstream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single actions. The application itself sends nothing after its first user. */
@QuarkusTest
@TestProfile(ActionRunnerTest.Quiet.class)
class ActionRunnerTest {

    private static final Duration HOUR = Duration.ofHours(1);

    public static class Quiet extends TestEnvironment {
        public Quiet() {
            super("DELAY_BETWEEN_USERS", "3600", "DELAY_BETWEEN_REQUESTS", "3600");
        }
    }

    @Inject
    Traces traces;

    @Inject
    Vertx vertx;

    @Inject
    Tracer tracer;

    @Inject
    ObjectMapper json;

    @Inject
    @RestClient
    GatewayClient gateway;

    @ConfigProperty(name = "shop.routes.by-trace")
    boolean byTrace;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RequestMetrics metrics = new RequestMetrics(registry, "test");
    private ActionRunner runner;

    @BeforeEach
    void create() {
        traces.reset();
        runner = new ActionRunner((VertxInternal) vertx, tracer, new Upstream("gateway", HOUR), metrics, json);
        Target.answer(get(urlPathEqualTo("/product/7")), Target.json(200, "{}").withFixedDelay(3_600_000));
        Target.answer(get(urlPathEqualTo("/product/8")), Target.json(200, "{}").withFixedDelay(200));
    }

    @AfterEach
    void stop() {
        runner.stop(Duration.ofMillis(1));
    }

    @Test
    void shouldWaitForActionsInFlightWhenItStops() {
        runner.run(lookAt(8), "stopping", _ -> {});
        awaitRequest("/product/8");
        runner.stop(HOUR);

        assertThat(runner.inFlight()).isZero();
        await().until(() -> !traces.rootsOf("stopping").isEmpty());
        assertThat(traces.whole()).containsKey(traces.rootsOf("stopping").getFirst().getTraceId());
    }

    @Test
    void shouldEndTheRootOfAnAbandonedActionWithoutAnError() {
        try (var logs = Logs.captured()) {
            runner.run(lookAt(7), "abandoned", _ -> {});
            awaitRequest("/product/7");
            runner.stop(Duration.ofMillis(1));

            await().until(() -> traces.rootsOf("abandoned").size() == 1);
            assertThat(traces.rootsOf("abandoned").getFirst().getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            assertThat(logs.lines()).isEmpty();
        }
    }

    /** It is where traces start, so no other service can decide which copy of the gateway gets them. */
    @Test
    void shouldLeadAShareOfTheTracesToACanaryOfTheGateway() {
        assertThat(byTrace).isTrue();
        var canary = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
        canary.start();
        try {
            canary.stubFor(get(urlPathEqualTo("/product/6")).willReturn(Target.json(200, "{}")));
            Target.answer(get(urlPathEqualTo("/product/6")), Target.json(200, "{}"));
            Routes.replace(List.of(new Route("r", 1, "gateway", URI.create(canary.baseUrl()), 50, null, false, false, false,
                    System.nanoTime() + HOUR.toNanos())), byTrace);
            var done = new AtomicInteger();
            for (int i = 0; i < 40; i++) {
                runner.run(lookAt(6), "canary", _ -> done.incrementAndGet());
            }
            await().until(() -> done.get() == 40);
            assertThat(canary.findAll(getRequestedFor(urlPathEqualTo("/product/6"))).size()).isBetween(5, 35);
        } finally {
            Routes.replace(List.of(), false);
            canary.stop();
        }
    }

    @Test
    void shouldCountTheLatencyFromWhenTheActionWasDue() {
        var done = new CompletableFuture<Boolean>();

        runner.run(lookAt(8), "overdue", System.nanoTime() - HOUR.toNanos(), done::complete);

        await().until(done::isDone);
        assertThat(registry.get("test.request.latency").timer().totalTime(TimeUnit.SECONDS)).isBetween(3600.0, 3700.0);
    }

    @Test
    void shouldStartNothingAfterTheStop() {
        runner.stop(HOUR);
        runner.run(lookAt(9), "late", _ -> {});
        assertThat(runner.inFlight()).isZero();
        Target.server.verify(0, anyRequestedFor(urlPathEqualTo("/product/9")));
    }

    @Test
    void shouldNotInheritTheTraceOfTheCaller() {
        var done = new CompletableFuture<Boolean>();
        var outer = tracer.spanBuilder("outer").startSpan();
        try (var _ = outer.makeCurrent()) {
            runner.run(lookAt(8), "inherited", done::complete);
        } finally {
            outer.end();
        }
        await().until(done::isDone);
        await().until(() -> traces.rootsOf("inherited").size() == 1);
        assertThat(traces.rootsOf("inherited").getFirst().getTraceId()).isNotEqualTo(outer.getSpanContext().getTraceId());
    }

    @Test
    void shouldDropRequestsOverTheLimitAndLogThatOnce() {
        Target.answer(any(urlPathMatching("/products|/checkout|/api/.*")), Target.json(200, "{}").withFixedDelay(3_600_000));
        try (var logs = Logs.captured()) {
            var shop = new ShopProfile(gateway, 20, true, () -> false);
            new OpenModel(vertx, runner, shop, metrics, 1_000, 5, SplittableGenerator.of("L64X128MixRandom"), () -> 0).start();

            await().until(() -> registry.get("test.dropped").counter().count() > 100);
            await().until(() -> runner.inFlight() == 5);
            assertThat(logs.lines()).singleElement().satisfies(line -> assertThat(line.message())
                    .isEqualTo("The limit of 5 requests in flight is reached: further requests are dropped until answers arrive"));
        }
    }

    private Action lookAt(int product) {
        return Action.get("look at product", "/product/{id}", Attributes.of(ShopProfile.PRODUCT_ID, (long) product),
                () -> gateway.product(product, "USD"));
    }

    private static void awaitRequest(String path) {
        await().untilAsserted(() -> Target.server.verify(anyRequestedFor(urlPathEqualTo(path))));
    }
}
