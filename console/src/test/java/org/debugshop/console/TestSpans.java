package org.debugshop.console;

import com.github.luben.zstd.Zstd;
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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.debugshop.console.store.Alteration;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.TraceId;

/**
 * Builds spans. Tests only set what they are about, and the rest has default values:
 * {@code server("gateway", "/products").trace(1).id(2).parent(1)}. Times are milliseconds after {@link #START}.
 */
public final class TestSpans {

    public static final Instant START = Instant.parse("2026-01-31T10:00:00Z");
    private static final long START_NANOS = START.getEpochSecond() * 1_000_000_000L;

    private final String service;
    private final String name;
    private final Span.SpanKind kind;
    private long trace = 1;
    private long id = 1;
    private long parent;
    private long startMillis;
    private long durationMillis = 10;
    private boolean error;
    private int bytes = 500;
    private final List<String> attributes = new ArrayList<>();
    private final List<Object> resource = new ArrayList<>();

    private TestSpans(String service, String name, Span.SpanKind kind) {
        this.service = service;
        this.name = name;
        this.kind = kind;
    }

    public static TestSpans server(String service, String name) {
        return new TestSpans(service, name, Span.SpanKind.SPAN_KIND_SERVER);
    }

    public static TestSpans client(String service, String name) {
        return new TestSpans(service, name, Span.SpanKind.SPAN_KIND_CLIENT);
    }

    public static TestSpans internal(String service, String name) {
        return new TestSpans(service, name, Span.SpanKind.SPAN_KIND_INTERNAL);
    }

    public static TestSpans producer(String service, String name) {
        return new TestSpans(service, name, Span.SpanKind.SPAN_KIND_PRODUCER);
    }

    public static TestSpans consumer(String service, String name) {
        return new TestSpans(service, name, Span.SpanKind.SPAN_KIND_CONSUMER);
    }

    public TestSpans trace(long value) {
        trace = value;
        return this;
    }

    public TestSpans id(long value) {
        id = value;
        return this;
    }

    public TestSpans parent(long value) {
        parent = value;
        return this;
    }

    public TestSpans at(long millis) {
        startMillis = millis;
        return this;
    }

    public TestSpans lasting(long millis) {
        durationMillis = millis;
        return this;
    }

    public TestSpans error() {
        error = true;
        return this;
    }

    public TestSpans bytes(int value) {
        bytes = value;
        return this;
    }

    public TestSpans attribute(String key, String value) {
        attributes.add(key);
        attributes.add(value);
        return this;
    }

    /** Only for {@link #stored}: an attribute of the sender. */
    public TestSpans resource(String key, String value) {
        resource.addAll(List.of(key, value));
        return this;
    }

    public static TraceId traceId(long trace) {
        return new TraceId(0xfeed, trace);
    }

    public static long nanos(long millis) {
        return START_NANOS + millis * 1_000_000;
    }

    /** Returns the span as the store has it. */
    public org.debugshop.console.store.Span stored() {
        var sender = new ArrayList<Object>(List.of("service.name", service));
        sender.addAll(resource);
        return new org.debugshop.console.store.Span(traceId(trace), id, parent,
                org.debugshop.console.store.Resource.of(Attributes.of(sender)), "test", name,
                org.debugshop.console.store.Span.Kind.of(kind.getNumber()),
                error ? org.debugshop.console.store.Span.Status.ERROR : org.debugshop.console.store.Span.Status.UNSET, "",
                nanos(startMillis), durationMillis * 1_000_000, Attributes.of(attributes.toArray()), List.of(), List.of(), Alteration.NONE,
                bytes);
    }

    /** Returns the span as it is sent. */
    public Span.Builder sent() {
        var span = Span.newBuilder().setTraceId(idBytes(traceId(trace))).setSpanId(idBytes(id)).setName(name).setKind(kind)
                .setStartTimeUnixNano(nanos(startMillis)).setEndTimeUnixNano(nanos(startMillis + durationMillis));
        if (parent != 0) {
            span.setParentSpanId(idBytes(parent));
        }
        if (error) {
            span.getStatusBuilder().setCodeValue(2);
        }
        for (int i = 0; i < attributes.size(); i += 2) {
            span.addAttributes(keyValue(attributes.get(i), attributes.get(i + 1)));
        }
        return span;
    }

    public static ByteString idBytes(TraceId traceId) {
        return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(traceId.high()).putLong(traceId.low()).flip());
    }

    public static ByteString idBytes(long spanId) {
        return ByteString.copyFrom(ByteBuffer.allocate(8).putLong(spanId).flip());
    }

    public static KeyValue keyValue(String key, String value) {
        return KeyValue.newBuilder().setKey(key).setValue(AnyValue.newBuilder().setStringValue(value)).build();
    }

    /** Returns a request with spans of one service. */
    public static ExportTraceServiceRequest request(String service, Span.Builder... spans) {
        return ExportTraceServiceRequest.newBuilder().addResourceSpans(ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(keyValue("service.name", service)))
                .addScopeSpans(ScopeSpans.newBuilder().setScope(InstrumentationScope.newBuilder().setName("test"))
                        .addAllSpans(Arrays.stream(spans).map(Span.Builder::build).toList())))
                .build();
    }

    public static ExportLogsServiceRequest logsRequest(String service, LogRecord.Builder... records) {
        return ExportLogsServiceRequest.newBuilder().addResourceLogs(ResourceLogs.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(keyValue("service.name", service)))
                .addScopeLogs(ScopeLogs.newBuilder().addAllLogRecords(Arrays.stream(records).map(LogRecord.Builder::build).toList())))
                .build();
    }

    public static LogRecord.Builder logRecord(int severity, String message, long millis) {
        return LogRecord.newBuilder().setTimeUnixNano(nanos(millis)).setSeverityNumberValue(severity)
                .setBody(AnyValue.newBuilder().setStringValue(message));
    }

    public static byte[] gzip(byte[] bytes) {
        try {
            var packed = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(packed)) {
                gzip.write(bytes);
            }
            return packed.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] zstd(byte[] bytes) {
        return Zstd.compress(bytes);
    }

    /**
     * Returns a zstd frame made by hand: {@code beginning}, and then this many blocks of 128 KiB of spaces, each of which takes
     * four bytes.
     *
     * @param windowLog the logarithm of the window size that it declares
     */
    public static byte[] zstdOfBlanks(int windowLog, String beginning, int blocks) {
        byte[] raw = beginning.getBytes(StandardCharsets.UTF_8);
        var frame = ByteBuffer.allocate(9 + raw.length + 4 * blocks).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0xFD2FB528).put((byte) 0).put((byte) (windowLog - 10 << 3));
        putInt24(frame, raw.length << 3 | (blocks == 0 ? 1 : 0)).put(raw);
        for (int i = 1; i <= blocks; i++) {
            putInt24(frame, 128 * 1024 << 3 | 1 << 1 | (i == blocks ? 1 : 0)).put((byte) ' ');
        }
        return frame.array();
    }

    private static ByteBuffer putInt24(ByteBuffer buffer, int value) {
        return buffer.putShort((short) value).put((byte) (value >> 16));
    }
}
