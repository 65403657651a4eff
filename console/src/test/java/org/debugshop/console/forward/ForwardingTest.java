package org.debugshop.console.forward;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.console.TestSpans.gzip;
import static org.debugshop.console.TestSpans.request;
import static org.debugshop.console.TestSpans.server;
import static org.debugshop.console.TestSpans.zstd;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
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

        await().atMost(PATIENCE).until(() -> received("/v1/traces").size() == 1 && receivedLogs("{}").size() == 1);
        assertThat(received("/v1/traces").getFirst()).satisfies(request -> {
            assertThat(request.getBody()).isEqualTo(gzipAsSent(packed, request));
            assertThat(request.getHeader("Content-Type")).isEqualTo("application/x-protobuf");
            assertThat(request.getHeader("Content-Encoding")).isEqualTo("gzip");
            assertThat(request.getHeader("api-key")).isEqualTo("s ecret");
        });
        assertThat(receivedLogs("{}").getFirst().getHeader("Content-Encoding")).isNull();
    }

    /** Returns the body as it was sent, because WireMock unpacks compressed bodies. */
    private static byte[] gzipAsSent(byte[] packed, LoggedRequest request) throws Exception {
        return request.getBody()[0] == 31 ? packed : new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes();
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

    @Test
    void shouldForwardScrapedMetrics() {
        // The test's only target doesn't answer, so it is reported as down.
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(received("/v1/metrics")).isNotEmpty());

        assertThat(received("/v1/metrics").getFirst()).satisfies(request -> {
            var body = request.getBody();
            var sent = ExportMetricsServiceRequest
                    .parseFrom(body[0] == 31 ? new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes() : body);
            assertThat(sent.getResourceMetrics(0).getResource().getAttributes(0).getValue().getStringValue()).isEqualTo("none");
            assertThat(sent.getResourceMetrics(0).getScopeMetrics(0).getMetricsList()).extracting(Metric::getName).containsExactly("up");
        });
    }
}
