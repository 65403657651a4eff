package org.debugshop.console.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.debugshop.console.TestSpans.gzip;
import static org.debugshop.console.TestSpans.request;
import static org.debugshop.console.TestSpans.server;
import static org.debugshop.console.TestSpans.zstd;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.Codec;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.debugshop.console.store.LogQuery;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.LogStore;
import org.debugshop.console.store.TraceId;
import org.debugshop.console.store.TraceStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OTLP over gRPC, with OpenTelemetry's exporters and a client of grpc-java. */
@QuarkusTest
class OtlpGrpcTest {

    private static final String EXPORT = "opentelemetry.proto.collector.trace.v1.TraceService/Export";

    /** Sends bytes unchanged. */
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream message) {
            try {
                return message.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    @Inject
    OtlpServer otlp;
    @Inject
    TraceStore traces;
    @Inject
    LogStore logs;

    private ManagedChannel channel;

    @BeforeEach
    void open() {
        channel = channel(otlp.grpcPort());
    }

    @AfterEach
    void close() throws InterruptedException {
        assertThat(channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private static ManagedChannel channel(int port) {
        return ManagedChannelBuilder.forAddress("localhost", port).usePlaintext().build();
    }

    private String endpoint() {
        return "http://localhost:" + otlp.grpcPort();
    }

    private byte[] call(String method, CallOptions options, byte[] message) {
        return ClientCalls.blockingUnaryCall(channel, MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(MethodDescriptor.MethodType.UNARY).setFullMethodName(method).build(),
                options.withDeadlineAfter(10, TimeUnit.SECONDS),
                message);
    }

    private Status refusal(String method, CallOptions options, byte[] message) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> call(method, options, message)).getStatus();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip"})
    void shouldStoreWhatOpenTelemetrysGrpcExportersSend(String compression) {
        var resource = Resource.builder().put("service.name", "grpc-" + compression).build();
        String traceId;
        try (var provider = SdkTracerProvider.builder().setResource(resource).addSpanProcessor(BatchSpanProcessor.builder(
                OtlpGrpcSpanExporter.builder().setEndpoint(endpoint()).setCompression(compression).build()).build()).build()) {
            var span = provider.get("test-scope").spanBuilder("GET /products").startSpan();
            span.end();
            traceId = span.getSpanContext().getTraceId();
            assertThat(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
        }
        try (var provider = SdkLoggerProvider.builder().setResource(resource).addLogRecordProcessor(BatchLogRecordProcessor.builder(
                OtlpGrpcLogRecordExporter.builder().setEndpoint(endpoint()).setCompression(compression).build()).build()).build()) {
            provider.get("test-scope").logRecordBuilder().setBody("by gRPC, " + compression).emit();
            assertThat(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
        }
        try (var provider = SdkMeterProvider.builder().setResource(resource).registerMetricReader(PeriodicMetricReader.create(
                OtlpGrpcMetricExporter.builder().setEndpoint(endpoint()).setCompression(compression).build())).build()) {
            provider.get("test-scope").counterBuilder("orders").build().add(3, Attributes.empty());
            assertThat(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
        }

        assertThat(traces.trace(TraceId.parse(traceId))).singleElement().returns("grpc-" + compression, span -> span.service());
        assertThat(logs.find(LogQuery.all(1000)).items()).extracting(LogRecord::message).contains("by gRPC, " + compression);
    }

    @Test
    void shouldReportSpansThatItRejects() {
        var bad = server("a", "x").sent().setTraceId(ByteString.copyFrom(new byte[3]));
        var answer = TraceServiceGrpc.newBlockingStub(channel).export(request("a", bad, server("a", "y").trace(0x500).sent()));

        assertThat(answer.getPartialSuccess().getRejectedSpans()).isEqualTo(1);
        assertThat(answer.getPartialSuccess().getErrorMessage()).contains("16 bytes");
        assertThat(traces.trace(new TraceId(0xfeed, 0x500))).hasSize(1);
    }

    @Test
    void shouldAcceptBothProtocolsOnBothPorts() throws Exception {
        var other = channel(otlp.port());
        try (var http = HttpClient.newHttpClient()) {
            TraceServiceGrpc.newBlockingStub(other).export(request("a", server("a", "x").trace(0x501).sent()));
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create(endpoint() + "/v1/traces")).header("Content-Type", "application/x-protobuf")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(request("a", server("a", "x").trace(0x502).sent()).toByteArray()))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());

            assertThat(answer.statusCode()).isEqualTo(200);
        } finally {
            assertThat(other.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(traces.trace(new TraceId(0xfeed, 0x501))).hasSize(1);
        assertThat(traces.trace(new TraceId(0xfeed, 0x502))).hasSize(1);
    }

    @Test
    void shouldRefuseAMessageThatIsNotOtlp() {
        var status = refusal(EXPORT, CallOptions.DEFAULT, "not OTLP, 100 % sure".getBytes(StandardCharsets.UTF_8));

        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).startsWith("The body cannot be read as traces: ");
    }

    @Test
    void shouldRefuseUnknownMethods() {
        for (var method : List.of("opentelemetry.proto.collector.trace.v1.TraceService/Import",
                "opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export", "grpc.health.v1.Health/Check")) {
            assertThat(refusal(method, CallOptions.DEFAULT, new byte[0]).getCode()).as(method).isEqualTo(Status.Code.UNIMPLEMENTED);
        }
    }

    @Test
    void shouldRefuseAMessageOverTheBounds() {
        assertThat(refusal(EXPORT, CallOptions.DEFAULT, new byte[OtlpServer.MAX_BODY_BYTES + 1]))
                .returns(Status.Code.RESOURCE_EXHAUSTED, Status::getCode)
                .extracting(Status::getDescription).asString().contains("over " + OtlpServer.MAX_BODY_BYTES + " bytes");
        byte[] unknownFields = new byte[40 * 1024 * 1024];
        for (int i = 0; i < unknownFields.length; i += 2) {
            unknownFields[i] = 15 << 3;
        }
        assertThat(refusal(EXPORT, CallOptions.DEFAULT.withCompression(new Codec.Gzip().getMessageEncoding()), unknownFields))
                .returns(Status.Code.RESOURCE_EXHAUSTED, Status::getCode)
                .extracting(Status::getDescription).asString().contains("unpacked");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0000000005616263", "0000000000", "010000000361626300000000", "0100000003616263"})
    void shouldRefuseABodyThatIsNotExactlyOneMessage(String hex) throws Exception {
        // An empty message is an empty request.
        var code = hex.equals("0000000000") ? "0" : "3";
        assertThat(status("application/grpc", "", HexFormat.of().parseHex(hex))).isEqualTo(code);
    }

    @Test
    void shouldNameTheSupportedCompressions() throws Exception {
        assertThat(status("application/grpc+proto", "snappy", new byte[5])).isEqualTo("12");
        assertThat(status("application/grpc+proto", "gzip", compressed(gzip(body(0x503))))).isEqualTo("0");
        assertThat(status("application/grpc+proto", "zstd", compressed(zstd(body(0x504))))).isEqualTo("0");
        assertThat(traces.trace(new TraceId(0xfeed, 0x503))).hasSize(1);
        assertThat(traces.trace(new TraceId(0xfeed, 0x504))).hasSize(1);
        assertThat(status("application/grpc+proto", "zstd", compressed(gzip(body(0x505))))).isEqualTo("3");
    }

    private static byte[] body(long trace) {
        return request("a", server("a", "x").trace(trace).sent()).toByteArray();
    }

    private static byte[] compressed(byte[] message) {
        return ByteBuffer.allocate(5 + message.length).put((byte) 1).putInt(message.length).put(message).array();
    }

    /** Returns the status of the answer to a body that no client would send. */
    private String status(String type, String encoding, byte[] body) throws Exception {
        var vertx = Vertx.vertx();
        try {
            var client = vertx.createHttpClient(new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
            return client.request(HttpMethod.POST, otlp.grpcPort(), "localhost", "/" + EXPORT)
                    .compose(post -> {
                        post.putHeader("content-type", type).putHeader("te", "trailers");
                        if (!encoding.isEmpty()) {
                            post.putHeader("grpc-encoding", encoding);
                        }
                        return post.send(Buffer.buffer(body));
                    })
                    .compose(response -> response.end().map(_ -> {
                        var status = response.getHeader("grpc-status");
                        return status == null ? response.getTrailer("grpc-status") : status;
                    }))
                    .toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldRequestARetryIfTooMuchArrivesAtOnce() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < OtlpServer.MAX_REQUESTS; i++) {
                var socket = new Socket("localhost", otlp.port());
                socket.getOutputStream().write(("POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
                        + "Content-Length: 100\r\n\r\nabc").getBytes(StandardCharsets.US_ASCII));
                slow.add(socket);
            }
            await().atMost(10, TimeUnit.SECONDS).untilAsserted(() -> {
                var refused = catchThrowableOfType(StatusRuntimeException.class, () -> call(EXPORT, CallOptions.DEFAULT, new byte[0]));
                assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                Any details = StatusProto.fromThrowable(refused).getDetails(0);
                assertThat(details.unpack(RetryInfo.class).getRetryDelay().getSeconds()).isEqualTo(1);
            });
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        await().atMost(10, TimeUnit.SECONDS).untilAsserted(() -> assertThat(call(EXPORT, CallOptions.DEFAULT, new byte[0])).isEmpty());
    }
}
