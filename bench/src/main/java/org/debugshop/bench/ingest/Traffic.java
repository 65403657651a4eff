package org.debugshop.bench.ingest;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;

/**
 * Creates requests like those of Debug Shop's services: traces of the shop (an order: 12 spans in 5 services) and of the booking
 * chain (5 spans in 3 services, of which every tenth fails). They have the attributes of the HTTP semantic conventions and unique
 * ids. Each request has the spans of one service, because each service exports its own.
 */
final class Traffic {

    static final int SPANS_A_REQUEST = 512;

    private final Random random = new Random(42);
    private final Map<String, List<Span>> waiting = new HashMap<>();
    private final Deque<byte[]> ready = new ArrayDeque<>();
    private TraceId lastTrace;

    private record TraceId(long high, long low) {

        ByteString bytes() {
            return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(high).putLong(low).flip());
        }

        @Override
        public String toString() {
            return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
        }
    }

    /** Returns a gzip body with {@value #SPANS_A_REQUEST} spans. */
    byte[] nextSpans() {
        while (ready.isEmpty()) {
            if (random.nextInt(10) < 6) {
                order();
            } else {
                booking();
            }
        }
        return ready.remove();
    }

    /** Returns a gzip body with 512 log records. */
    byte[] nextLogs() {
        var scope = ScopeLogs.newBuilder();
        for (int i = 0; i < SPANS_A_REQUEST; i++) {
            scope.addLogRecords(LogRecord.newBuilder().setTimeUnixNano(now()).setObservedTimeUnixNano(now())
                    .setSeverityNumberValue(i % 10 == 0 ? 17 : 9)
                    .setSeverityText(i % 10 == 0 ? "ERROR" : "INFO")
                    .setBody(text("Order " + UUID.randomUUID() + " was taken for " + random.nextInt(100_000) / 100.0 + " EUR"))
                    .setTraceId(new TraceId(random.nextLong(), random.nextLong()).bytes()).setSpanId(spanId(random.nextLong()))
                    .addAttributes(keyValue("log.logger.namespace", "org.debugshop.checkout.CheckoutResource"))
                    .addAttributes(keyValue("thread.name", "vert.x-eventloop-thread-1"))
                    .addAttributes(number("thread.id", 34)));
        }
        return gzip(ExportLogsServiceRequest.newBuilder().addResourceLogs(ResourceLogs.newBuilder().setResource(resource("checkout"))
                .addScopeLogs(scope))
                .build().toByteArray());
    }

    /** Returns the id of a trace that was sent. */
    String lastTrace() {
        return lastTrace.toString();
    }

    private void order() {
        var id = new TraceId(random.nextLong(), random.nextLong());
        lastTrace = id;
        String order = UUID.randomUUID().toString();
        String session = UUID.randomUUID().toString();
        long action = random.nextLong();
        emit("load-generator", span(id, action, 0, "check out", SpanKind.SPAN_KIND_INTERNAL, 60).addAttributes(keyValue("session.id",
                session)));
        long checkout = call(id, action, "load-generator", "gateway", 8080, "POST", "/checkout", "/checkout", 200);
        long process = call(id, checkout, "gateway", "checkout", 8084, "POST", "/process", "/process", 200);
        int product = 1 + random.nextInt(5);
        call(id, process, "checkout", "product-catalog", 8081, "GET", "/product/{id}", "/product/" + product, 200);
        call(id, process, "checkout", "currency", 8082, "GET", "/convert", "/convert", 200);
        emit("checkout", span(id, random.nextLong(), process, "price order", SpanKind.SPAN_KIND_INTERNAL, 3)
                .addAttributes(keyValue("shop.order.id", order)).addAttributes(number("shop.product.id", product)));
        emit("checkout", span(id, random.nextLong(), process, "store order", SpanKind.SPAN_KIND_INTERNAL, 2)
                .addAttributes(keyValue("shop.order.id", order)));
    }

    private void booking() {
        var id = new TraceId(random.nextLong(), random.nextLong());
        String session = UUID.randomUUID().toString();
        int status = random.nextInt(10) == 0 ? 500 : 201;
        long action = random.nextLong();
        emit("load-generator-instabook", span(id, action, 0, "create", SpanKind.SPAN_KIND_INTERNAL, 20)
                .addAttributes(keyValue("session.id", session)));
        long booking = call(id, action, "load-generator-instabook", "instabook", 8087, "POST", "/booking/session", "/booking/session",
                status);
        call(id, booking, "instabook", "instabook-cache", 8086, "GET", "/cache/session/{id}", "/cache/session/" + session, status == 500
                ? 401
                : 200);
    }

    /** Adds a CLIENT span of one service and the SERVER span of another, and returns the latter's id. */
    private long call(TraceId id, long parent, String from, String to, int port, String method, String route, String path, int status) {
        long exit = random.nextLong();
        long entry = random.nextLong();
        int millis = 1 + random.nextInt(40);
        emit(from, span(id, exit, parent, method + " " + route, SpanKind.SPAN_KIND_CLIENT, millis + 1)
                .addAttributes(keyValue("http.request.method", method)).addAttributes(keyValue("url.full", "http://localhost:" + port
                        + path))
                .addAttributes(keyValue("url.template", route)).addAttributes(keyValue("server.address", "localhost"))
                .addAttributes(number("server.port", port))
                .addAttributes(number("http.response.status_code", status)).setStatus(outcome(status)));
        var server = span(id, entry, exit, method + " " + route, SpanKind.SPAN_KIND_SERVER, millis)
                .addAttributes(keyValue("http.request.method", method)).addAttributes(keyValue("url.path", path))
                .addAttributes(keyValue("url.scheme", "http"))
                .addAttributes(keyValue("http.route", route)).addAttributes(keyValue("server.address", "localhost"))
                .addAttributes(number("server.port", port))
                .addAttributes(number("http.response.status_code", status)).addAttributes(keyValue("client.address", "127.0.0.1"))
                .addAttributes(keyValue("user_agent.original", "Quarkus REST Client")).addAttributes(keyValue("network.protocol.version",
                        "1.1"))
                .addAttributes(keyValue("code.function.name", "org.debugshop." + to + ".Resource." + method.toLowerCase()))
                .addAttributes(number("http.response.body.size", 100 + random.nextInt(900)));
        if (status >= 400) {
            server.setStatus(outcome(status)).addAttributes(keyValue("error.type", Integer.toString(status)))
                    .addEvents(Span.Event.newBuilder().setName("exception").setTimeUnixNano(now())
                            .addAttributes(keyValue("exception.type", "org.debugshop.defaults.upstream.UpstreamFailure"))
                            .addAttributes(keyValue("exception.message", "Internal service authentication failure"))
                            .addAttributes(keyValue("exception.stacktrace", "org.debugshop.defaults.upstream.UpstreamFailure\n"
                                    + "\tat org.debugshop.Some.call(Some.java:42)\n".repeat(30))));
        }
        emit(to, server);
        return entry;
    }

    private void emit(String service, Span.Builder span) {
        List<Span> spans = waiting.computeIfAbsent(service, _ -> new ArrayList<>());
        spans.add(span.build());
        if (spans.size() == SPANS_A_REQUEST) {
            ready.add(gzip(ExportTraceServiceRequest.newBuilder().addResourceSpans(ResourceSpans.newBuilder().setResource(resource(service))
                    .addScopeSpans(ScopeSpans.newBuilder().setScope(InstrumentationScope.newBuilder().setName("io.quarkus.opentelemetry"))
                            .addAllSpans(spans)))
                    .build().toByteArray()));
            spans.clear();
        }
    }

    private Span.Builder span(TraceId trace, long id, long parent, String name, SpanKind kind, int millis) {
        long start = now();
        var span = Span.newBuilder().setTraceId(trace.bytes()).setSpanId(spanId(id)).setName(name).setKind(kind)
                .setStartTimeUnixNano(start).setEndTimeUnixNano(start + millis * 1_000_000L + random.nextInt(1_000_000)).setFlags(0x101)
                .addAttributes(number("thread.id", 30 + random.nextInt(8)));
        return parent == 0 ? span : span.setParentSpanId(spanId(parent));
    }

    private static long now() {
        return System.currentTimeMillis() * 1_000_000;
    }

    private static Status outcome(int status) {
        return Status.newBuilder().setCodeValue(status >= 400 ? 2 : 0).build();
    }

    private static Resource resource(String service) {
        return Resource.newBuilder().addAttributes(keyValue("service.name", service)).addAttributes(keyValue("service.version", "1.0.0"))
                .addAttributes(keyValue("deployment.environment.name", "local")).addAttributes(keyValue("host.name", "laptop"))
                .addAttributes(keyValue("telemetry.sdk.language", "java")).addAttributes(keyValue("telemetry.sdk.name", "opentelemetry"))
                .addAttributes(keyValue("telemetry.sdk.version", "1.57.0")).addAttributes(keyValue("webengine.name", "Quarkus")).build();
    }

    private static ByteString spanId(long id) {
        return ByteString.copyFrom(ByteBuffer.allocate(8).putLong(id).flip());
    }

    private static byte[] gzip(byte[] bytes) {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static KeyValue keyValue(String key, String value) {
        return KeyValue.newBuilder().setKey(key).setValue(text(value)).build();
    }

    private static KeyValue number(String key, long value) {
        return KeyValue.newBuilder().setKey(key).setValue(AnyValue.newBuilder().setIntValue(value)).build();
    }

    private static AnyValue text(String text) {
        return AnyValue.newBuilder().setStringValue(text).build();
    }
}
