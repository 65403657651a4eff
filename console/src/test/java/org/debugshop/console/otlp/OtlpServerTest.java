package org.debugshop.console.otlp;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.console.TestSpans.gzip;
import static org.debugshop.console.TestSpans.logRecord;
import static org.debugshop.console.TestSpans.logsRequest;
import static org.debugshop.console.TestSpans.request;
import static org.debugshop.console.TestSpans.server;
import static org.debugshop.console.TestSpans.zstd;
import static org.debugshop.console.TestSpans.zstdOfBlanks;
import static org.hamcrest.Matchers.equalTo;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.debugshop.console.store.TraceId;
import org.debugshop.console.store.TraceStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class OtlpServerTest {

    private static final String PROTOBUF = "application/x-protobuf";

    @Inject
    OtlpServer otlp;
    @Inject
    TraceStore traces;

    private HttpClient http;

    @BeforeEach
    void open() {
        http = HttpClient.newHttpClient();
    }

    @AfterEach
    void close() {
        http.close();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + otlp.port() + path));
    }

    private HttpResponse<byte[]> post(String path, String type, String encoding, byte[] body) throws Exception {
        var request = to(path).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (type != null) {
            request.header("Content-Type", type);
        }
        if (encoding != null) {
            request.header("Content-Encoding", encoding);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static byte[] traceBody(long trace) {
        return request("gateway", server("gateway", "GET /products").trace(trace).sent()).toByteArray();
    }

    @Test
    void shouldStoreWhatOpenTelemetrysExporterSends() throws Exception {
        String traceId;
        try (var exporter = OtlpHttpSpanExporter.builder().setEndpoint("http://localhost:" + otlp.port() + "/v1/traces")
                .setCompression("gzip").build();
                var provider = SdkTracerProvider.builder().setResource(Resource.builder().put("service.name", "exporting").build())
                        .addSpanProcessor(BatchSpanProcessor.builder(exporter).build()).build()) {
            var tracer = provider.get("test-scope");
            var span = tracer.spanBuilder("GET /products").setSpanKind(SpanKind.SERVER).setAttribute("http.response.status_code", 200L)
                    .startSpan();
            span.recordException(new IllegalStateException("failed"));
            span.end();
            traceId = span.getSpanContext().getTraceId();
            assertThat(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
        }

        given().when().get("/api/traces/" + traceId).then().statusCode(200)
                .body("spans[0].service", equalTo("exporting"))
                .body("spans[0].kind", equalTo("SERVER"))
                .body("spans[0].scope", equalTo("test-scope"))
                .body("spans[0].attributes['http.response.status_code']", equalTo(200))
                .body("spans[0].events[0].attributes['exception.message']", equalTo("failed"));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", value = {"gzip", "x-gzip", "identity", "''", "none", "GZIP", "zstd", "Zstd"})
    void shouldAcceptEveryEncoding(String encoding) throws Exception {
        long trace = 0x100 + (encoding == null ? -1 : encoding.hashCode());
        byte[] body = traceBody(trace);
        var answer = post("/v1/traces", PROTOBUF, encoding, switch (encoding == null ? "" : encoding.toLowerCase(Locale.ROOT)) {
            case "gzip", "x-gzip" -> gzip(body);
            case "zstd" -> zstd(body);
            default -> body;
        });

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).hasValue(PROTOBUF);
        assertThat(answer.body()).isEmpty();
        assertThat(traces.trace(new TraceId(0xfeed, trace))).hasSize(1);
    }

    @Test
    void shouldAcceptLogsAndMetrics() throws Exception {
        assertThat(post("/v1/logs", PROTOBUF, null, logsRequest("a", logRecord(9, "a message", 1)).toByteArray()).statusCode())
                .isEqualTo(200);
        var metrics = post("/v1/metrics", "application/json; charset=utf-8", null,
                "{\"resourceMetrics\":[]}".getBytes(StandardCharsets.UTF_8));

        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(new String(metrics.body(), StandardCharsets.UTF_8)).isEqualTo("{}");
    }

    @Test
    void shouldReportHowManySpansItRejected() throws Exception {
        var bad = server("a", "x").sent().setTraceId(ByteString.copyFrom(new byte[3]));
        var answer = post("/v1/traces", PROTOBUF, null, request("a", bad, server("a", "y").trace(0x200).sent()).toByteArray());

        assertThat(answer.statusCode()).isEqualTo(200);
        var partial = ExportTraceServiceResponse.parseFrom(answer.body()).getPartialSuccess();
        assertThat(partial.getRejectedSpans()).isEqualTo(1);
        assertThat(partial.getErrorMessage()).contains("16 bytes");
        assertThat(traces.trace(new TraceId(0xfeed, 0x200))).hasSize(1);
    }

    @Test
    void shouldReportRejectedSpansInJsonToo() throws Exception {
        var answer = post("/v1/traces", "application/json", null,
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"1\",\"spanId\":\"2\"}]}]}]}"
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"partialSuccess\":{\"rejectedSpans\":\"1\",\"errorMessage\":\"a trace id must be 16 bytes and not all zero\"}}");
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", value = {
            "/v1/traces, text/plain, none, 415",
            "/v1/traces, none, none, 415",
            "/v1/traces, application/x-protobuf, deflate, 415",
            "/v1/profiles, application/x-protobuf, none, 404",
            "/v1/traces/, application/json, none, 404",
            "/v1/traces, application/json, none, 400",
            "/v1/logs, application/x-protobuf, none, 400",
            "/v1/traces, application/x-protobuf, gzip, 400",
            "/v1/traces, application/x-protobuf, zstd, 400"})
    void shouldRefuseWithASuitableStatus(String path, String type, String encoding, int status) throws Exception {
        var answer = post(path, type, encoding, "not OTLP".getBytes(StandardCharsets.UTF_8));

        assertThat(answer.statusCode()).isEqualTo(status);
        boolean protobuf = PROTOBUF.equals(type);
        assertThat(answer.headers().firstValue("content-type")).hasValue(protobuf ? PROTOBUF : "application/json");
        if (protobuf) {
            var rpcStatus = CodedInputStream.newInstance(answer.body());
            assertThat(rpcStatus.readTag()).isEqualTo(1 << 3);
            assertThat(rpcStatus.readInt32()).isPositive();
            assertThat(rpcStatus.readTag()).isEqualTo(2 << 3 | 2);
            assertThat(rpcStatus.readStringRequireUtf8()).isNotBlank();
        } else {
            assertThat(new String(answer.body(), StandardCharsets.UTF_8)).startsWith("{\"code\":").contains("\"message\":\"");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 30})
    void shouldReportThatAGzipEndsTooEarly(int length) throws Exception {
        var answer = post("/v1/traces", "application/json", "gzip", Arrays.copyOf(gzip(traceBody(0x400)), length));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("cannot be read as traces: its gzip ends too early");
    }

    @Test
    void shouldReadSeveralFramesOfZstdAsOneBody() throws Exception {
        byte[] whole = traceBody(0x410);
        var frames = new ByteArrayOutputStream();
        frames.write(zstd(Arrays.copyOf(whole, 20)));
        frames.write(zstd(Arrays.copyOfRange(whole, 20, whole.length)));

        assertThat(post("/v1/traces", PROTOBUF, "zstd", frames.toByteArray()).statusCode()).isEqualTo(200);
        assertThat(traces.trace(new TraceId(0xfeed, 0x410))).hasSize(1);
    }

    static List<Arguments> shouldReportWhyZstdCannotBeRead() {
        byte[] good = zstd("{\"resourceSpans\":[]}".getBytes(StandardCharsets.UTF_8));
        byte[] damaged = good.clone();
        Arrays.fill(damaged, 6, damaged.length, (byte) 0xff);
        byte[] withMore = Arrays.copyOf(good, good.length + 10);
        return List.of(Arguments.of(new byte[0], "its zstd ends too early"),
                Arguments.of(Arrays.copyOf(good, 3), "its zstd ends too early"),
                Arguments.of(Arrays.copyOf(good, good.length - 5), "its zstd ends too early"),
                Arguments.of(damaged, "its zstd is damaged"), Arguments.of(withMore, "its zstd is damaged"),
                Arguments.of(zstdOfBlanks(24, "{}", 0), "its zstd needs a window of more than 8 MiB"),
                Arguments.of(zstdOfBlanks(31, "{}", 16_384), "its zstd needs a window of more than 8 MiB"));
    }

    @ParameterizedTest
    @MethodSource
    void shouldReportWhyZstdCannotBeRead(byte[] body, String reason) throws Exception {
        var answer = post("/v1/traces", "application/json", "zstd", body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("The body cannot be read as traces: " + reason);
    }

    @Test
    void shouldAcceptAWindowOfEightMebibytes() throws Exception {
        var answer = post("/v1/traces", "application/json", "zstd", zstdOfBlanks(23, "{}", 100));

        assertThat(answer.statusCode()).isEqualTo(200);
    }

    static List<Arguments> shouldRefuseInvalidHttpWithASuitableStatus() {
        String host = "\r\nHost: x\r\n";
        return List.of(Arguments.of("POST /v1/traces?" + "a".repeat(8000) + " HTTP/1.1" + host, 414, "first line"),
                Arguments.of("POST /v1/traces HTTP/1.1" + host + "X: " + "a".repeat(16_000) + "\r\n", 431, "headers"),
                Arguments.of("POST /v1/traces HTTP/1.1" + host + "Content-Length: many\r\n", 400, "HTTP"));
    }

    @ParameterizedTest
    @MethodSource
    void shouldRefuseInvalidHttpWithASuitableStatus(String request, int status, String reason) throws IOException {
        try (var socket = new Socket("localhost", otlp.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            // The version is that of the request, if it was readable.
            assertThat(answer).matches("(?s)HTTP/1\\.[01] " + status + " .*").containsIgnoringCase("content-type: application/json")
                    .contains("{\"code\":3,\"message\":\"").contains(reason);
        }
    }

    @Test
    void shouldRefuseOtherMethods() throws Exception {
        var answer = http.send(to("/v1/traces").GET().build(), HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).hasValue("POST");
    }

    @Test
    void shouldAllowNoOtherOriginByDefault() throws Exception {
        var preflight = http.send(to("/v1/traces").method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", "http://localhost:3000").header("Access-Control-Request-Method", "POST").build(),
                HttpResponse.BodyHandlers.discarding());

        assertThat(preflight.statusCode()).isEqualTo(405);
        assertThat(preflight.headers().firstValue("access-control-allow-origin")).isEmpty();
    }

    @Test
    void shouldRefuseABodyOverTheLimitWithAndWithoutContentLength() throws Exception {
        byte[] body = new byte[OtlpServer.MAX_BODY_BYTES + 1];
        var chunked = to("/v1/traces").header("Content-Type", PROTOBUF)
                .POST(HttpRequest.BodyPublishers.ofByteArrays(List.of(body))).build();

        assertThat(post("/v1/traces", PROTOBUF, null, body).statusCode()).isEqualTo(413);
        assertThat(http.send(chunked, HttpResponse.BodyHandlers.ofByteArray()).statusCode()).isEqualTo(413);
    }

    @Test
    void shouldStopUnpackingABombAtTheLimit() throws Exception {

        byte[] unknownFields = new byte[40 * 1024 * 1024];
        for (int i = 0; i < unknownFields.length; i += 2) {
            unknownFields[i] = 15 << 3;
        }
        byte[] openArray = ("{\"a\":[" + " ".repeat(40 * 1024 * 1024)).getBytes(StandardCharsets.UTF_8);

        assertThat(post("/v1/traces", PROTOBUF, "gzip", gzip(unknownFields)).statusCode()).isEqualTo(413);
        var json = post("/v1/traces", "application/json", "gzip", gzip(openArray));
        assertThat(json.statusCode()).isEqualTo(413);
        assertThat(new String(json.body(), StandardCharsets.UTF_8)).contains("unpacked");
    }

    @Test
    void shouldStopUnpackingZstdAtTheLimit() throws Exception {
        byte[] twoGibibytes = zstdOfBlanks(23, "{\"a\":[", 16_384);

        var answer = post("/v1/traces", "application/json", "zstd", twoGibibytes);

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("unpacked");
    }

    @Test
    void shouldNameTheSupportedCompressions() throws Exception {
        assertThat(post("/v1/traces", PROTOBUF, "deflate", new byte[0]).headers().firstValue("accept-encoding")).hasValue("gzip, zstd");
    }

    @Test
    void shouldAnswer429IfThereAreTooManyBodiesAndResumeAfterwards() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < OtlpServer.MAX_REQUESTS; i++) {
                slow.add(beginning());
            }
            await().atMost(10, TimeUnit.SECONDS).until(() -> post("/v1/traces", PROTOBUF, null, traceBody(0x300)).statusCode() == 429);
            assertThat(post("/v1/traces", PROTOBUF, null, traceBody(0x300)).headers().firstValue("retry-after")).hasValue("1");
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        await().atMost(10, TimeUnit.SECONDS).until(() -> post("/v1/traces", PROTOBUF, null, traceBody(0x300)).statusCode() == 200);
    }

    /** Sends a request whose body never ends. */
    private Socket beginning() throws IOException {
        var socket = new Socket("localhost", otlp.port());
        socket.getOutputStream()
                .write("POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100\r\n\r\nabc"
                        .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return socket;
    }
}
