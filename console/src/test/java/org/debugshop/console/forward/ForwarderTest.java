package org.debugshop.console.forward;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.status;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.debugshop.console.forward.Forwarder.Bounds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwarderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int BOUND = 10 * Forwarder.charge(traces(1000));
    private static final Bounds LIVELY = new Bounds(BOUND, Duration.ofSeconds(10), Duration.ofMillis(5), Duration.ofMillis(50),
            Duration.ofMinutes(5));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final WireMockServer receiver = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    private Vertx vertx;
    private Forwarder forwarder;

    @BeforeEach
    void open() {
        receiver.start();
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    }

    @AfterEach
    void close() {
        forwarder.stop(null);
        vertx.close().toCompletionStage().toCompletableFuture().join();
        receiver.stop();
    }

    private void forward(Bounds bounds) {
        forward(bounds, Destination.parse(receiver.baseUrl() + "/otlp/", "api-key=s%2Cecret"));
    }

    private void forward(Bounds bounds, Destination destination) {
        forwarder = new Forwarder(vertx, Optional.of(destination), registry, bounds);
        forwarder.start(null);
    }

    private static ExportRequest traces(int bytes) {
        return new ExportRequest("/v1/traces", "application/x-protobuf", Optional.empty(), Optional.empty(), new byte[bytes]);
    }

    private List<LoggedRequest> received() {
        return receiver.getAllServeEvents().stream().map(ServeEvent::getRequest).toList().reversed();
    }

    private double sent() {
        return registry.counter("console.forward.sent", "signal", "traces").count();
    }

    private double dropped(String reason) {
        return registry.counter("console.forward.dropped", "signal", "traces", "reason", reason).count();
    }

    private double waiting() {
        return registry.get("console.forward.waiting.bytes").gauge().value();
    }

    @Test
    void shouldSendBytesAndTheirHeadersAsTheyCame() {
        receiver.stubFor(post("/otlp/v1/traces").willReturn(ok()));
        forward(LIVELY);
        var body = new byte[]{0, -1, 13, 10, 127};

        forwarder.offer(
                new ExportRequest("/v1/traces", "application/x-protobuf; a=b", Optional.of("identity"), Optional.of("1.1 other"), body));

        await().atMost(PATIENCE).until(() -> sent() == 1);
        assertThat(received()).singleElement().satisfies(request -> {
            assertThat(request.getBody()).isEqualTo(body);
            assertThat(request.getHeader("Content-Type")).isEqualTo("application/x-protobuf; a=b");
            assertThat(request.getHeader("Content-Encoding")).isEqualTo("identity");
            assertThat(request.getHeader("api-key")).isEqualTo("s,ecret");
            assertThat(request.getHeader("Via")).startsWith("1.1 other, 1.1 debug-shop-console-");
            assertThat(forwarder.hasSeen(request.getHeader("Via"))).isTrue();
        });
        assertThat(forwarder.hasSeen("1.1 other")).isFalse();
        await().atMost(PATIENCE).until(() -> waiting() == 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void shouldRetryTemporaryFailures(int status) {
        receiver.stubFor(post("/otlp/v1/traces").inScenario("busy").whenScenarioStateIs(Scenario.STARTED).willReturn(status(status))
                .willSetStateTo("still busy"));
        receiver.stubFor(post("/otlp/v1/traces").inScenario("busy").whenScenarioStateIs("still busy").willReturn(status(status))
                .willSetStateTo("idle"));
        receiver.stubFor(post("/otlp/v1/traces").inScenario("busy").whenScenarioStateIs("idle").willReturn(ok()));
        forward(LIVELY);

        forwarder.offer(traces(1));

        await().atMost(PATIENCE).until(() -> sent() == 1);
        assertThat(received()).hasSize(3);
        assertThat(waiting()).isZero();
    }

    @Test
    void shouldWaitAsLongAsRetryAfterRequires() {
        receiver.stubFor(post("/otlp/v1/traces").inScenario("busy").whenScenarioStateIs(Scenario.STARTED)
                .willReturn(status(429).withHeader("Retry-After", "1")).willSetStateTo("idle"));
        receiver.stubFor(post("/otlp/v1/traces").inScenario("busy").whenScenarioStateIs("idle").willReturn(ok()));
        forward(LIVELY);

        forwarder.offer(traces(1));

        await().atMost(PATIENCE).until(() -> sent() == 1);
        assertThat(received().get(1).getLoggedDate()).isAfterOrEqualTo(received().get(0).getLoggedDate().toInstant().plusMillis(990));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 404, 413, 500, 508})
    void shouldNotRetryRefusals(int status) {
        receiver.stubFor(post("/otlp/v1/traces").willReturn(status(status).withHeader("Location", "/elsewhere")));
        forward(LIVELY);

        forwarder.offer(traces(1));

        await().atMost(PATIENCE).until(() -> dropped("refused") == 1);
        assertThat(received()).hasSize(1);
        await().atMost(PATIENCE).until(() -> waiting() == 0);
    }

    @Test
    void shouldWarnOnceThatTheReceiverDoesNotTakeASignal() {
        receiver.stubFor(post("/otlp/v1/traces").willReturn(ok()));
        receiver.stubFor(post("/otlp/v1/logs").willReturn(status(404)));
        List<String> warnings = new CopyOnWriteArrayList<>();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                warnings.add(record.getMessage().formatted(record.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        var logger = Logger.getLogger(Forwarder.class.getName());
        logger.addHandler(handler);
        try {
            forward(LIVELY);
            for (var i = 0; i < 3; i++) {
                forwarder.offer(new ExportRequest("/v1/logs", "application/x-protobuf", Optional.empty(), Optional.empty(), new byte[1]));
                forwarder.offer(traces(1));
            }
            await().atMost(PATIENCE).until(() -> sent() == 3
                    && registry.counter("console.forward.dropped", "signal", "logs", "reason", "refused").count() == 3);
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(warnings).filteredOn(text -> text.contains("take")).singleElement().asString()
                .isEqualTo(receiver.baseUrl() + "/otlp does not take logs: it answers 404 at /otlp/v1/logs. They are dropped. "
                        + "If it should take them, check the path of the endpoint.");
    }

    @Test
    void shouldStayWithinItsBoundIfTheReceiverHangs() {
        receiver.stubFor(post("/otlp/v1/traces").willReturn(ok().withFixedDelay(60_000)));
        forward(LIVELY);

        for (var i = 0; i < 20; i++) {
            forwarder.offer(traces(1000));
        }

        assertThat(dropped("full")).isEqualTo(10);
        assertThat(waiting()).isEqualTo(BOUND);
    }

    @Test
    void shouldCountEmptyRequestsToo() {
        receiver.stubFor(post("/otlp/v1/traces").willReturn(ok().withFixedDelay(60_000)));
        forward(LIVELY);

        for (var i = 0; i < 10_000; i++) {
            forwarder.offer(traces(0));
        }

        assertThat(dropped("full")).isGreaterThan(9_900);
        assertThat(waiting()).isLessThanOrEqualTo(BOUND);
    }

    @Test
    void shouldAbandonAnEndlessAnswerAndContinueWithTheNext() {
        receiver.stubFor(post("/otlp/v1/traces").inScenario("slow").whenScenarioStateIs(Scenario.STARTED)
                .willReturn(ok("half an answer").withChunkedDribbleDelay(10, 600_000)).willSetStateTo("quick"));
        receiver.stubFor(post("/otlp/v1/traces").inScenario("slow").whenScenarioStateIs("quick").willReturn(ok()));
        forward(new Bounds(BOUND, Duration.ofMillis(300), Duration.ofMillis(5), Duration.ofMillis(50), Duration.ofMinutes(5)));

        for (var i = 0; i < 3 * Forwarder.CONCURRENCY; i++) {
            forwarder.offer(traces(1));
        }

        await().atMost(PATIENCE).until(() -> sent() == 3 * Forwarder.CONCURRENCY);
        assertThat(waiting()).isZero();
    }

    @Test
    void shouldSendWaitingRequestsWhenTheReceiverIsBack() {
        receiver.stubFor(post("/otlp/v1/traces").willReturn(ok()));
        forward(LIVELY);
        forwarder.offer(traces(1));
        await().atMost(PATIENCE).until(() -> sent() == 1);
        var port = receiver.port();
        receiver.stop();

        for (var i = 0; i < 10; i++) {
            forwarder.offer(traces(100));
        }
        assertThat(waiting()).isEqualTo(10 * Forwarder.charge(traces(100)));
        var back = new WireMockServer(options().bindAddress("127.0.0.1").port(port));
        try {
            back.stubFor(post("/otlp/v1/traces").willReturn(aResponse().withStatus(200)));
            back.start();
            await().atMost(PATIENCE).until(() -> sent() == 11);
            assertThat(waiting()).isZero();
        } finally {
            back.stop();
        }
    }

    @Test
    void shouldDropRequestsThatAreTooOld() {
        receiver.stubFor(post("/otlp/v1/traces").willReturn(status(503)));
        forward(new Bounds(BOUND, Duration.ofSeconds(10), Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofMillis(200)));

        forwarder.offer(traces(1));

        await().atMost(PATIENCE).until(() -> dropped("expired") == 1);
        assertThat(received()).hasSizeGreaterThan(1);
        await().atMost(PATIENCE).until(() -> waiting() == 0);
    }
}
