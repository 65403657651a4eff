package org.debugshop.console.forward;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.console.TestSpans.gzip;
import static org.debugshop.console.TestSpans.idBytes;
import static org.debugshop.console.TestSpans.keyValue;
import static org.debugshop.console.TestSpans.logRecord;
import static org.debugshop.console.TestSpans.logsRequest;
import static org.debugshop.console.TestSpans.request;
import static org.debugshop.console.TestSpans.server;
import static org.debugshop.console.TestSpans.traceId;
import static org.debugshop.console.TestSpans.zstd;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.debugshop.console.otlp.OtlpServer;
import org.junit.jupiter.api.Test;

/** The whole path through the console, from its OTLP port to another receiver. */
@QuarkusTest
@QuarkusTestResource(value = ForwardingTest.Receiver.class, restrictToAnnotatedClass = true)
class ForwardingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final WireMockServer RECEIVER = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

    /** Another receiver, which starts before the console. */
    public static final class Receiver implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            RECEIVER.start();
            RECEIVER.stubFor(any(anyUrl()).willReturn(ok()));
            return Map.of("console.forward-otlp-endpoint", RECEIVER.baseUrl(), "console.forward-otlp-headers", "api-key=s%20ecret");
        }

        @Override
        public void stop() {
            RECEIVER.stop();
        }
    }

    @Inject
    OtlpServer otlp;

    private int post(String path, byte[] body, String... headers) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://localhost:" + otlp.port() + path)).headers(headers)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    private static List<LoggedRequest> received(String path) {
        return RECEIVER.getAllServeEvents().stream().map(ServeEvent::getRequest).filter(request -> request.getUrl().equals(path)).toList();
    }

    private static List<LoggedRequest> receivedLogs(String body) {
        return received("/v1/logs").stream().filter(request -> request.getBodyAsString().equals(body)).toList();
    }

    @Test
    void shouldForwardTheBytesThatCame() throws Exception {
        byte[] packed = gzip(request("gateway", server("gateway", "GET /products").trace(77).sent()).toByteArray());

        assertThat(post("/v1/traces", packed, "Content-Type", "application/x-protobuf", "Content-Encoding", "gzip")).isEqualTo(200);
        assertThat(post("/v1/logs", "{}".getBytes(), "Content-Type", "application/json")).isEqualTo(200);

        await().atMost(PATIENCE).until(() -> receivedTraces(packed).size() == 1 && receivedLogs("{}").size() == 1);
        assertThat(receivedTraces(packed).getFirst()).satisfies(request -> {
            assertThat(request.getHeader("Content-Type")).isEqualTo("application/x-protobuf");
            assertThat(request.getHeader("Content-Encoding")).isEqualTo("gzip");
            assertThat(request.getHeader("api-key")).isEqualTo("s ecret");
        });
        assertThat(receivedLogs("{}").getFirst().getHeader("Content-Encoding")).isNull();
    }

    /** Returns the requests with this body, which WireMock may unpack. */
    private static List<LoggedRequest> receivedTraces(byte[] packed) throws IOException {
        byte[] unpacked = new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes();
        return received("/v1/traces").stream()
                .filter(request -> Arrays.equals(request.getBody(), packed) || Arrays.equals(request.getBody(), unpacked)).toList();
    }

    @Test
    void shouldForwardZstdAsGzip() throws Exception {
        byte[] packed = zstd("{\"n\":\"zstd\"}".getBytes());

        assertThat(post("/v1/logs", packed, "Content-Type", "application/json", "Content-Encoding", "zstd")).isEqualTo(200);

        await().atMost(PATIENCE).until(() -> receivedLogs("{\"n\":\"zstd\"}").size() == 1);
        assertThat(receivedLogs("{\"n\":\"zstd\"}").getFirst().getHeader("Content-Encoding")).isEqualTo("gzip");
    }

    @Test
    void shouldForwardOnlyWhatItHasAccepted() throws Exception {
        assertThat(post("/v1/logs", "{".getBytes(), "Content-Type", "application/json")).isEqualTo(400);
        assertThat(post("/v1/logs", "{\"n\":1}".getBytes(), "Content-Type", "application/json")).isEqualTo(200);

        await().atMost(PATIENCE).until(() -> receivedLogs("{\"n\":1}").size() == 1);
        assertThat(receivedLogs("{")).isEmpty();
    }

    @Test
    void shouldRefuseRequestsThatComeBack() throws Exception {
        assertThat(post("/v1/logs", "{\"n\":2}".getBytes(), "Content-Type", "application/json")).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> receivedLogs("{\"n\":2}").size() == 1);
        var via = receivedLogs("{\"n\":2}").getFirst().getHeader("Via");

        assertThat(post("/v1/logs", "{\"n\":2}".getBytes(), "Content-Type", "application/json", "Via", via))
                .isEqualTo(508);
    }

    /** Returns what the other receiver has received, unpacked. */
    private static List<byte[]> bodies(String path) {
        return received(path).stream().map(request -> {
            try {
                var body = request.getBody();
                return body.length > 0 && body[0] == 31 ? new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes() : body;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }).toList();
    }

    private static List<String> forwardedSpans(long trace) throws Exception {
        List<String> names = new ArrayList<>();
        for (byte[] body : bodies("/v1/traces").stream().filter(body -> body[0] != '{').toList()) {
            for (var group : ExportTraceServiceRequest.parseFrom(body).getResourceSpansList()) {
                group.getScopeSpans(0).getSpansList().stream().filter(span -> span.getTraceId().equals(idBytes(traceId(trace))))
                        .map(Span::getName).forEach(names::add);
            }
        }
        return names.reversed();
    }

    @Test
    void shouldForwardASpanOnce() throws Exception {
        var first = server("gateway", "first").trace(901).id(1).sent();
        var second = server("gateway", "second").trace(901).id(2).sent();
        var third = server("gateway", "third").trace(901).id(3).sent();

        for (var request : List.of(request("gateway", first), request("gateway", first), request("other", first, second),
                request("gateway", second, third, first))) {
            assertThat(post("/v1/traces", request.toByteArray(), "Content-Type", "application/x-protobuf")).isEqualTo(200);
        }

        await().atMost(PATIENCE).until(() -> forwardedSpans(901).size() == 3);
        assertThat(forwardedSpans(901)).containsExactly("first", "second", "third");
    }

    @Test
    void shouldForwardOnlyTheNewSpansOfJson() throws Exception {
        String json = """
                {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"web"}}]},"scopeSpans":[{"spans":[%s]}]},
                {"scopeSpans":[]}]}""";
        String span = """
                {"traceId":"%s","spanId":"%016x","name":"n%d","startTimeUnixNano":"1","endTimeUnixNano":"2"}""";
        String one = span.formatted(traceId(902), 1, 1);
        String two = span.formatted(traceId(902), 2, 2);

        assertThat(post("/v1/traces", json.formatted(one).getBytes(), "Content-Type", "application/json")).isEqualTo(200);
        assertThat(post("/v1/traces", json.formatted(one + "," + two).getBytes(), "Content-Type", "application/json")).isEqualTo(200);

        await().atMost(PATIENCE).until(() -> bodies("/v1/traces").stream().map(String::new).anyMatch(text -> text.contains("n2")));
        assertThat(bodies("/v1/traces")).map(String::new).filteredOn(text -> text.contains(traceId(902).toString())).hasSize(2)
                .noneMatch(text -> text.contains("n1") && text.contains("n2"));
    }

    @Test
    void shouldStoreAndForwardALogRecordOnce() throws Exception {
        var request = logsRequest("returning", logRecord(9, "one", 1), logRecord(9, "two", 1), logRecord(9, "two", 1));
        var more = logsRequest("returning", logRecord(9, "two", 1), logRecord(9, "three", 1), logRecord(9, "two", 1));

        for (byte[] body : List.of(request.toByteArray(), request.toByteArray(), more.toByteArray())) {
            assertThat(post("/v1/logs", body, "Content-Type", "application/x-protobuf")).isEqualTo(200);
        }

        given().get("/api/logs?service=returning&limit=10").then().body("logs.message", containsInAnyOrder("one", "two", "two", "three"));
        await().atMost(PATIENCE).untilAsserted(() -> {
            var forwarded = bodies("/v1/logs").stream().filter(body -> new String(body).contains("returning")).toList();
            assertThat(forwarded).hasSize(2);
            assertThat(forwarded).flatExtracting(body -> ExportLogsServiceRequest.parseFrom(body).getResourceLogs(0).getScopeLogs(0)
                    .getLogRecordsList()).extracting(entry -> entry.getBody().getStringValue())
                    .containsExactlyInAnyOrder("one", "two", "two", "three");
        });
    }

    @Test
    void shouldForwardADataPointOnce() throws Exception {
        byte[] earlier = gauge(1_000, 7).toByteArray();
        byte[] later = gauge(2_000, 7).toByteArray();

        for (byte[] body : List.of(earlier, earlier, later, earlier)) {
            assertThat(post("/v1/metrics", body, "Content-Type", "application/x-protobuf")).isEqualTo(200);
        }

        await().atMost(PATIENCE).until(() -> bodies("/v1/metrics").stream().anyMatch(body -> Arrays.equals(body, later)));
        assertThat(bodies("/v1/metrics")).filteredOn(body -> Arrays.equals(body, earlier)).hasSize(1);
    }

    private static ExportMetricsServiceRequest gauge(long nanos, double value) {
        var request = ExportMetricsServiceRequest.newBuilder();
        var resource = request.addResourceMetricsBuilder();
        resource.getResourceBuilder().addAttributes(keyValue("service.name", "pushing"));
        resource.addScopeMetricsBuilder().addMetricsBuilder().setName("pushed.once").getGaugeBuilder().addDataPointsBuilder()
                .setTimeUnixNano(nanos).setAsDouble(value);
        return request.build();
    }

    private static List<byte[]> scrapes() {
        return bodies("/v1/metrics").stream().filter(body -> new String(body).contains("org.debugshop.console.scrape")).toList();
    }

    /** As a Collector does that exports to the console. */
    @Test
    void shouldNotTakeItsOwnScrapesBack() throws Exception {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(scrapes()).isNotEmpty());
        byte[] scraped = scrapes().getFirst();

        assertThat(post("/v1/metrics", scraped, "Content-Type", "application/x-protobuf")).isEqualTo(200);
        byte[] next = gauge(3_000, 7).toByteArray();
        assertThat(post("/v1/metrics", next, "Content-Type", "application/x-protobuf")).isEqualTo(200);

        await().atMost(PATIENCE).until(() -> bodies("/v1/metrics").stream().anyMatch(body -> Arrays.equals(body, next)));
        assertThat(bodies("/v1/metrics")).filteredOn(body -> Arrays.equals(body, scraped)).hasSize(1);
        given().get("/api/metrics/up?service=none").then().body("findAll { it.labels.instance != null }", empty());
    }

    @Test
    void shouldForwardScrapedMetrics() {
        // The test's only target doesn't answer, so it is reported as down.
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(scrapes()).isNotEmpty());

        assertThat(scrapes().getFirst()).satisfies(body -> {
            var sent = ExportMetricsServiceRequest.parseFrom(body);
            assertThat(sent.getResourceMetrics(0).getResource().getAttributes(0).getValue().getStringValue()).isEqualTo("none");
            assertThat(sent.getResourceMetrics(0).getScopeMetrics(0).getMetricsList()).extracting(Metric::getName).containsExactly("up");
        });
    }
}
