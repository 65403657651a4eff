package org.debugshop.console.otlp;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint.ValueAtQuantile;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.debugshop.console.otlp.MetricDraft.Kind;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.TelemetryRecord;

/**
 * Reads OTLP's binary protobuf from a stream, field by field, directly into the store's objects. The generated classes would build
 * the whole request first, at several times its size; here, a request of 32 MiB takes no more memory than a small one. Only the
 * field numbers of those classes are used. Unknown fields are skipped; so are known fields of a wrong wire type, which are
 * reported. The order of fields is free, and invalid UTF-8 becomes U+FFFD. A malformed span, log record or data point is skipped by
 * its length. Use one instance per request.
 */
final class ProtobufDecoder implements Decoder {

    // Combined with a field number, these form a tag: "case NAME_FIELD_NUMBER << 3 | BYTES".
    private static final int VARINT = WireFormat.WIRETYPE_VARINT;
    private static final int FIXED64 = WireFormat.WIRETYPE_FIXED64;
    private static final int BYTES = WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private static final int LONGEST_ID = 64;
    /** A placeholder for an id of a wrong wire type. */
    private static final byte[] NO_ID = {0};
    /** At least as many bytes as the longest text that is kept. */
    private static final int PART_OF_TEXT = 3 * Interner.MAX_CHARS;

    private final Interner interner;
    private CodedInputStream in;

    ProtobufDecoder(Interner interner) {
        this.interner = interner;
    }

    /** Reads one record, whose message is next. */
    @FunctionalInterface
    private interface RecordReader<T> {
        T read(Resource resource, String scope) throws IOException, InvalidRecordException;
    }

    @FunctionalInterface
    private interface NumberReader {
        void read() throws IOException;
    }

    /** Reads the rest of a message that has started. */
    @FunctionalInterface
    private interface MessageReader {
        void read() throws IOException, InvalidRecordException;
    }

    @Override
    public void spans(InputStream body, Batch<org.debugshop.console.store.Span> batch) throws IOException {
        in = CodedInputStream.newInstance(body);
        var draft = new SpanDraft(interner);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case ExportTraceServiceRequest.RESOURCE_SPANS_FIELD_NUMBER << 3 | BYTES ->
                    resourceGroup(batch, OtlpFields.RESOURCE_SPANS, OtlpFields.SCOPE_SPANS, (resource, scope) -> {
                        span(draft);
                        return draft.finish(resource, scope);
                    });
                default -> passOver(tag, OtlpFields.TRACES_REQUEST);
            }
        }
    }

    @Override
    public void logs(InputStream body, Batch<org.debugshop.console.store.LogRecord> batch) throws IOException {
        in = CodedInputStream.newInstance(body);
        var draft = new LogDraft(interner);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case ExportLogsServiceRequest.RESOURCE_LOGS_FIELD_NUMBER << 3 | BYTES ->
                    resourceGroup(batch, OtlpFields.RESOURCE_LOGS, OtlpFields.SCOPE_LOGS, (resource, scope) -> {
                        logRecord(draft);
                        return draft.finish(resource, scope);
                    });
                default -> passOver(tag, OtlpFields.LOGS_REQUEST);
            }
        }
    }

    @Override
    public void metrics(InputStream body, MetricBatch batch) throws IOException {
        in = CodedInputStream.newInstance(body);
        var metric = new MetricDraft(interner);
        var point = new PointDraft(interner);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case ExportMetricsServiceRequest.RESOURCE_METRICS_FIELD_NUMBER << 3 | BYTES -> resourceMetrics(metric, point, batch);
                default -> passOver(tag, OtlpFields.METRICS_REQUEST);
            }
        }
    }

    private void resourceMetrics(MetricDraft metric, PointDraft point, MetricBatch batch) throws IOException {
        Resource resource = Resource.UNKNOWN;
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case ResourceMetrics.RESOURCE_FIELD_NUMBER << 3 | BYTES -> resource = resource();
                case ResourceMetrics.SCOPE_METRICS_FIELD_NUMBER << 3 | BYTES -> scopeMetrics(metric, point, batch);
                default -> passOver(tag, OtlpFields.RESOURCE_METRICS);
            }
        }
        leave(limit);
        batch.endResource(resource);
    }

    private void scopeMetrics(MetricDraft metric, PointDraft point, MetricBatch batch) throws IOException {
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case ScopeMetrics.METRICS_FIELD_NUMBER << 3 | BYTES -> message(() -> {
                    metric(metric, point, batch);
                    batch.endMetric(metric);
                }, batch::rejectMetric, "a metric is malformed");
                default -> passOver(tag, OtlpFields.SCOPE_METRICS);
            }
        }
        leave(limit);
    }

    private void metric(MetricDraft draft, PointDraft point, MetricBatch batch) throws IOException {
        draft.restart();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case Metric.NAME_FIELD_NUMBER << 3 | BYTES -> draft.name = interner.name(string());
                case Metric.UNIT_FIELD_NUMBER << 3 | BYTES -> draft.unit = interner.name(string());
                case Metric.DESCRIPTION_FIELD_NUMBER << 3 | BYTES -> draft.description = string();
                case Metric.GAUGE_FIELD_NUMBER << 3 | BYTES -> data(Kind.GAUGE, draft, point, batch);
                case Metric.SUM_FIELD_NUMBER << 3 | BYTES -> data(Kind.SUM, draft, point, batch);
                case Metric.HISTOGRAM_FIELD_NUMBER << 3 | BYTES -> data(Kind.HISTOGRAM, draft, point, batch);
                case Metric.EXPONENTIAL_HISTOGRAM_FIELD_NUMBER << 3 | BYTES -> data(Kind.EXPONENTIAL_HISTOGRAM, draft, point, batch);
                case Metric.SUMMARY_FIELD_NUMBER << 3 | BYTES -> data(Kind.SUMMARY, draft, point, batch);
                default -> passOver(tag, OtlpFields.METRIC);
            }
        }
    }

    /** Reads Sum, or one of the other kinds: fields of the same meaning have the same numbers, which {@code DecoderTest} checks. */
    private void data(Kind kind, MetricDraft draft, PointDraft point, MetricBatch batch) throws IOException {
        draft.kind = kind;
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case Sum.DATA_POINTS_FIELD_NUMBER << 3 | BYTES -> message(() -> {
                    point(kind, point);
                    batch.add(point, kind);
                }, batch::reject, "a data point is malformed");
                case Sum.AGGREGATION_TEMPORALITY_FIELD_NUMBER << 3 | VARINT -> draft.temporality = in.readEnum();
                case Sum.IS_MONOTONIC_FIELD_NUMBER << 3 | VARINT -> draft.monotonic = in.readBool();
                default -> passOver(tag, OtlpFields.DATA);
            }
        }
        leave(limit);
    }

    private void point(Kind kind, PointDraft draft) throws IOException {
        draft.restart();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (kind) {
                case GAUGE, SUM -> numberField(tag, draft);
                case HISTOGRAM -> histogramField(tag, draft);
                case SUMMARY -> summaryField(tag, draft);
                case EXPONENTIAL_HISTOGRAM -> otherField(tag, draft);
            }
        }
        draft.finish();
    }

    private void numberField(int tag, PointDraft draft) throws IOException {
        switch (tag) {
            case NumberDataPoint.ATTRIBUTES_FIELD_NUMBER << 3 | BYTES -> attribute(draft.attributes, 0);
            case NumberDataPoint.AS_INT_FIELD_NUMBER << 3 | FIXED64 -> draft.value = (double) in.readSFixed64();
            case NumberDataPoint.AS_DOUBLE_FIELD_NUMBER << 3 | FIXED64 -> draft.value = in.readDouble();
            case NumberDataPoint.TIME_UNIX_NANO_FIELD_NUMBER << 3 | FIXED64 -> draft.timeNanos = in.readFixed64();
            case NumberDataPoint.FLAGS_FIELD_NUMBER << 3 | VARINT -> draft.flags = in.readUInt32();
            default -> passOverNumber(tag, OtlpFields.NUMBER, NumberDataPoint.ATTRIBUTES_FIELD_NUMBER, draft);
        }
    }

    /** Reads a field of a histogram. Lists of numbers are usually packed into one field, but unpacked ones must be read, too. */
    private void histogramField(int tag, PointDraft draft) throws IOException {
        switch (tag) {
            case HistogramDataPoint.ATTRIBUTES_FIELD_NUMBER << 3 | BYTES -> attribute(draft.attributes, 0);
            case HistogramDataPoint.COUNT_FIELD_NUMBER << 3 | FIXED64 -> draft.count = count(draft);
            case HistogramDataPoint.SUM_FIELD_NUMBER << 3 | FIXED64 -> draft.sum = in.readDouble();
            case HistogramDataPoint.BUCKET_COUNTS_FIELD_NUMBER << 3 | BYTES ->
                packed(() -> PointDraft.add(draft.bucketCounts, count(draft)));
            case HistogramDataPoint.BUCKET_COUNTS_FIELD_NUMBER << 3 | FIXED64 -> PointDraft.add(draft.bucketCounts, count(draft));
            case HistogramDataPoint.EXPLICIT_BOUNDS_FIELD_NUMBER << 3 | BYTES ->
                packed(() -> PointDraft.add(draft.bounds, in.readDouble()));
            case HistogramDataPoint.EXPLICIT_BOUNDS_FIELD_NUMBER << 3 | FIXED64 -> PointDraft.add(draft.bounds, in.readDouble());
            case HistogramDataPoint.TIME_UNIX_NANO_FIELD_NUMBER << 3 | FIXED64 -> draft.timeNanos = in.readFixed64();
            case HistogramDataPoint.FLAGS_FIELD_NUMBER << 3 | VARINT -> draft.flags = in.readUInt32();
            default -> passOverNumber(tag, OtlpFields.HISTOGRAM, HistogramDataPoint.ATTRIBUTES_FIELD_NUMBER, draft);
        }
    }

    private void summaryField(int tag, PointDraft draft) throws IOException {
        switch (tag) {
            case SummaryDataPoint.ATTRIBUTES_FIELD_NUMBER << 3 | BYTES -> attribute(draft.attributes, 0);
            case SummaryDataPoint.COUNT_FIELD_NUMBER << 3 | FIXED64 -> draft.count = count(draft);
            case SummaryDataPoint.SUM_FIELD_NUMBER << 3 | FIXED64 -> draft.sum = in.readDouble();
            case SummaryDataPoint.QUANTILE_VALUES_FIELD_NUMBER << 3 | BYTES -> quantile(draft);
            case SummaryDataPoint.TIME_UNIX_NANO_FIELD_NUMBER << 3 | FIXED64 -> draft.timeNanos = in.readFixed64();
            case SummaryDataPoint.FLAGS_FIELD_NUMBER << 3 | VARINT -> draft.flags = in.readUInt32();
            default -> passOverNumber(tag, OtlpFields.SUMMARY, SummaryDataPoint.ATTRIBUTES_FIELD_NUMBER, draft);
        }
    }

    /** Reads a field of a data point that isn't kept, and which is therefore only recognised. */
    private void otherField(int tag, PointDraft draft) throws IOException {
        switch (tag) {
            case ExponentialHistogramDataPoint.ATTRIBUTES_FIELD_NUMBER << 3 | BYTES -> attribute(draft.attributes, 0);
            case ExponentialHistogramDataPoint.TIME_UNIX_NANO_FIELD_NUMBER << 3 | FIXED64 -> draft.timeNanos = in.readFixed64();
            default -> skip(tag);
        }
    }

    private void quantile(PointDraft draft) throws IOException {
        double quantile = 0;
        double value = 0;
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case ValueAtQuantile.QUANTILE_FIELD_NUMBER << 3 | FIXED64 -> quantile = in.readDouble();
                case ValueAtQuantile.VALUE_FIELD_NUMBER << 3 | FIXED64 -> value = in.readDouble();
                default -> draft.unreadable |= passOver(tag, OtlpFields.QUANTILE);
            }
        }
        leave(limit);
        PointDraft.add(draft.quantiles, new PointDraft.Quantile(quantile, value));
    }

    private long count(PointDraft draft) throws IOException {
        long count = in.readFixed64();
        draft.unreadable |= count < 0;
        return count;
    }

    private void packed(NumberReader number) throws IOException {
        int limit = enter();
        while (in.getBytesUntilLimit() > 0) {
            number.read();
        }
        leave(limit);
    }

    /** Reads ResourceSpans or ResourceLogs: their fields have the same numbers, which {@code DecoderTest} checks. */
    private <T extends TelemetryRecord<T>> void resourceGroup(Batch<T> batch, Map<Integer, String> fields, Map<Integer, String> scopeFields,
            RecordReader<T> reader) throws IOException {
        Resource resource = Resource.UNKNOWN;
        long mark = batch.mark();
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case ResourceSpans.RESOURCE_FIELD_NUMBER << 3 | BYTES -> {
                    resource = resource();
                    batch.correctResource(mark, resource, interner.bytes());
                }
                case ResourceSpans.SCOPE_SPANS_FIELD_NUMBER << 3 | BYTES -> scopeGroup(batch, scopeFields, resource, reader);
                default -> passOver(tag, fields);
            }
        }
        leave(limit);
    }

    /** Reads ScopeSpans or ScopeLogs. */
    private <T extends TelemetryRecord<T>> void scopeGroup(Batch<T> batch, Map<Integer, String> fields, Resource resource,
            RecordReader<T> reader)
            throws IOException {
        String scope = "";
        long mark = batch.mark();
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case ScopeSpans.SCOPE_FIELD_NUMBER << 3 | BYTES -> {
                    scope = scopeName();
                    batch.correctScope(mark, scope, interner.bytes());
                }
                case ScopeSpans.SPANS_FIELD_NUMBER << 3 | BYTES -> record(batch, resource, scope, reader);
                default -> passOver(tag, fields);
            }
        }
        leave(limit);
    }

    private <T extends TelemetryRecord<T>> void record(Batch<T> batch, Resource resource, String scope, RecordReader<T> reader)
            throws IOException {
        message(() -> batch.add(reader.read(resource, scope)), batch::reject, "a span or log record is malformed");
    }

    /** Reads the next message. If it is malformed, it is skipped by its length, so that no other is lost. */
    private void message(MessageReader reader, Consumer<String> reject, String malformed) throws IOException {
        int size = in.readRawVarint32();
        int end = in.getTotalBytesRead() + size;
        int limit = in.pushLimit(size);
        try {
            reader.read();
            leave(limit);
        } catch (InvalidRecordException invalid) {
            reject.accept(invalid.getMessage());
            leave(limit);
        } catch (InvalidProtocolBufferException notReadable) {
            in.popLimit(limit);
            // This fails if the body itself is truncated.
            in.skipRawBytes(end - in.getTotalBytesRead());
            reject.accept(malformed);
        }
    }

    private Resource resource() throws IOException {
        List<Object> attributes = new ArrayList<>();
        interner.restartResource();
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case io.opentelemetry.proto.resource.v1.Resource.ATTRIBUTES_FIELD_NUMBER << 3 | BYTES -> attribute(attributes, 0);
                default -> passOver(tag, OtlpFields.RESOURCE);
            }
        }
        leave(limit);
        return interner.resource(Attributes.of(attributes));
    }

    private String scopeName() throws IOException {
        String name = "";
        interner.restart(0);
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case InstrumentationScope.NAME_FIELD_NUMBER << 3 | BYTES -> name = interner.name(string());
                default -> passOver(tag, OtlpFields.SCOPE);
            }
        }
        leave(limit);
        return name;
    }

    private void span(SpanDraft draft) throws IOException {
        draft.restart();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case Span.TRACE_ID_FIELD_NUMBER << 3 | BYTES -> draft.traceId = bytes(LONGEST_ID);
                case Span.SPAN_ID_FIELD_NUMBER << 3 | BYTES -> draft.spanId = bytes(LONGEST_ID);
                case Span.PARENT_SPAN_ID_FIELD_NUMBER << 3 | BYTES -> draft.parentId = bytes(LONGEST_ID);
                case Span.NAME_FIELD_NUMBER << 3 | BYTES -> draft.name = interner.name(string());
                case Span.KIND_FIELD_NUMBER << 3 | VARINT -> draft.kind = in.readEnum();
                case Span.START_TIME_UNIX_NANO_FIELD_NUMBER << 3 | FIXED64 -> draft.startNanos = in.readFixed64();
                case Span.END_TIME_UNIX_NANO_FIELD_NUMBER << 3 | FIXED64 -> draft.endNanos = in.readFixed64();
                case Span.ATTRIBUTES_FIELD_NUMBER << 3 | BYTES -> attribute(draft.attributes, 0);
                case Span.EVENTS_FIELD_NUMBER << 3 | BYTES -> event(draft);
                case Span.LINKS_FIELD_NUMBER << 3 | BYTES -> link(draft);
                case Span.STATUS_FIELD_NUMBER << 3 | BYTES -> status(draft);
                default -> {
                    if (passOver(tag, OtlpFields.SPAN) && number(tag) == Span.PARENT_SPAN_ID_FIELD_NUMBER) {
                        draft.parentId = NO_ID;
                    }
                }
            }
        }
    }

    private void event(SpanDraft draft) throws IOException {
        if (!hasRoom()) {
            return;
        }
        String name = "";
        long timeNanos = 0;
        List<Object> attributes = new ArrayList<>();
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case Span.Event.NAME_FIELD_NUMBER << 3 | BYTES -> name = interner.name(string());
                case Span.Event.TIME_UNIX_NANO_FIELD_NUMBER << 3 | FIXED64 -> timeNanos = in.readFixed64();
                case Span.Event.ATTRIBUTES_FIELD_NUMBER << 3 | BYTES -> attribute(attributes, 0);
                default -> passOver(tag, OtlpFields.EVENT);
            }
        }
        leave(limit);
        draft.event(name, timeNanos, attributes);
    }

    private void link(SpanDraft draft) throws IOException {
        if (!hasRoom()) {
            return;
        }
        byte[] traceId = Ids.ABSENT;
        byte[] spanId = Ids.ABSENT;
        List<Object> attributes = new ArrayList<>();
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case Span.Link.TRACE_ID_FIELD_NUMBER << 3 | BYTES -> traceId = bytes(LONGEST_ID);
                case Span.Link.SPAN_ID_FIELD_NUMBER << 3 | BYTES -> spanId = bytes(LONGEST_ID);
                case Span.Link.ATTRIBUTES_FIELD_NUMBER << 3 | BYTES -> attribute(attributes, 0);
                default -> passOver(tag, OtlpFields.LINK);
            }
        }
        leave(limit);
        draft.link(traceId, spanId, attributes);
    }

    private void status(SpanDraft draft) throws IOException {
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case Status.CODE_FIELD_NUMBER << 3 | VARINT -> draft.status = in.readEnum();
                case Status.MESSAGE_FIELD_NUMBER << 3 | BYTES -> draft.statusMessage = interner.text(string());
                default -> passOver(tag, OtlpFields.STATUS);
            }
        }
        leave(limit);
    }

    private void logRecord(LogDraft draft) throws IOException {
        draft.restart();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case LogRecord.TIME_UNIX_NANO_FIELD_NUMBER << 3 | FIXED64 -> draft.timeNanos = in.readFixed64();
                case LogRecord.OBSERVED_TIME_UNIX_NANO_FIELD_NUMBER << 3 | FIXED64 -> draft.observedNanos = in.readFixed64();
                case LogRecord.SEVERITY_NUMBER_FIELD_NUMBER << 3 | VARINT -> draft.severity = in.readEnum();
                case LogRecord.SEVERITY_TEXT_FIELD_NUMBER << 3 | BYTES -> draft.severityText = string();
                case LogRecord.BODY_FIELD_NUMBER << 3 | BYTES -> draft.body(value(0));
                case LogRecord.EVENT_NAME_FIELD_NUMBER << 3 | BYTES -> draft.eventName = interner.name(string());
                case LogRecord.ATTRIBUTES_FIELD_NUMBER << 3 | BYTES -> attribute(draft.attributes, 0);
                case LogRecord.TRACE_ID_FIELD_NUMBER << 3 | BYTES -> draft.traceId = bytes(LONGEST_ID);
                case LogRecord.SPAN_ID_FIELD_NUMBER << 3 | BYTES -> draft.spanId = bytes(LONGEST_ID);
                default -> {
                    if (passOver(tag, OtlpFields.LOG_RECORD)) {
                        switch (number(tag)) {
                            case LogRecord.TRACE_ID_FIELD_NUMBER -> draft.traceId = NO_ID;
                            case LogRecord.SPAN_ID_FIELD_NUMBER -> draft.spanId = NO_ID;
                            default -> {}
                        }
                    }
                }
            }
        }
    }

    /** Adds a key and its value, if they fit. */
    private void attribute(List<Object> pairs, int depth) throws IOException {
        if (!hasRoom()) {
            return;
        }
        int bytesBefore = interner.bytes();
        String key = "";
        Object value = null;
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case KeyValue.KEY_FIELD_NUMBER << 3 | BYTES -> key = interner.name(string());
                case KeyValue.VALUE_FIELD_NUMBER << 3 | BYTES -> value = value(depth);
                default -> {
                    if (passOver(tag, OtlpFields.KEY_VALUE) && number(tag) == KeyValue.VALUE_FIELD_NUMBER) {
                        value = Interner.LEFT_OUT;
                    }
                }
            }
        }
        leave(limit);
        interner.pair(pairs, key, value, depth, bytesBefore);
    }

    /** Returns whether the current record may have more; if not, skips the current message. */
    private boolean hasRoom() throws IOException {
        if (interner.hasRoom()) {
            return true;
        }
        in.skipRawBytes(in.readRawVarint32());
        interner.leaveOutForWantOfRoom();
        return false;
    }

    /** Returns null if the value is empty. */
    private Object value(int depth) throws IOException {
        Object value = null;
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case AnyValue.STRING_VALUE_FIELD_NUMBER << 3 | BYTES -> value = interner.text(string());
                case AnyValue.BOOL_VALUE_FIELD_NUMBER << 3 | VARINT -> value = in.readBool();
                case AnyValue.INT_VALUE_FIELD_NUMBER << 3 | VARINT -> value = interner.number(in.readInt64());
                case AnyValue.DOUBLE_VALUE_FIELD_NUMBER << 3 | FIXED64 -> value = interner.number(in.readDouble());
                case AnyValue.BYTES_VALUE_FIELD_NUMBER << 3 | BYTES -> value = interner.text(base64());
                case AnyValue.ARRAY_VALUE_FIELD_NUMBER << 3 | BYTES -> value = array(depth + 1);
                case AnyValue.KVLIST_VALUE_FIELD_NUMBER << 3 | BYTES -> value = map(depth + 1);
                default -> value = passOver(tag, OtlpFields.VALUE) ? Interner.LEFT_OUT : value;
            }
        }
        leave(limit);
        return value;
    }

    private Object array(int depth) throws IOException {
        List<Object> values = interner.container();
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag != (ArrayValue.VALUES_FIELD_NUMBER << 3 | BYTES)) {
                passOver(tag, OtlpFields.ARRAY);
            } else if (depth > MAX_DEPTH) {
                skip(tag);
                interner.leaveOut(TOO_DEEP);
            } else if (hasRoom()) {
                interner.element(values, value(depth));
            }
        }
        leave(limit);
        return interner.list(values);
    }

    private Object map(int depth) throws IOException {
        List<Object> pairs = interner.container();
        int limit = enter();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag != (KeyValueList.VALUES_FIELD_NUMBER << 3 | BYTES)) {
                passOver(tag, OtlpFields.MAP);
            } else if (depth > MAX_DEPTH) {
                skip(tag);
                interner.leaveOut(TOO_DEEP);
            } else {
                attribute(pairs, depth);
            }
        }
        leave(limit);
        return Attributes.of(pairs).toMap();
    }

    /** Reads a string. The middle of a very long one is skipped, because it need not fit into memory. */
    private String string() throws IOException {
        int size = in.readRawVarint32();
        if (size <= 2 * PART_OF_TEXT) {
            return new String(in.readRawBytes(size), StandardCharsets.UTF_8);
        }
        byte[] beginning = in.readRawBytes(PART_OF_TEXT);
        long length = utf16Length(beginning);
        for (int left = size - 2 * PART_OF_TEXT; left > 0; left -= PART_OF_TEXT) {
            length += utf16Length(in.readRawBytes(Math.min(left, PART_OF_TEXT)));
        }
        byte[] end = in.readRawBytes(PART_OF_TEXT);
        return interner.shorten(new String(beginning, StandardCharsets.UTF_8), new String(end, StandardCharsets.UTF_8),
                length + utf16Length(end));
    }

    /** Returns the number of UTF-16 characters that start in these UTF-8 bytes; a character of four bytes counts as two. */
    private static int utf16Length(byte[] utf8) {
        int length = 0;
        for (byte octet : utf8) {
            length += (octet & 0xC0) == 0x80 ? 0 : (octet & 0xF8) == 0xF0 ? 2 : 1;
        }
        return length;
    }

    private String base64() throws IOException {
        int size = in.readRawVarint32();
        if (size <= 2 * PART_OF_TEXT) {
            return Base64.getEncoder().encodeToString(in.readRawBytes(size));
        }
        // Three bytes are four characters of base64, so the end must start at a multiple of three.
        byte[] beginning = in.readRawBytes(PART_OF_TEXT);
        int between = (size - 2 * PART_OF_TEXT) / 3 * 3;
        in.skipRawBytes(between);
        byte[] end = in.readRawBytes(size - PART_OF_TEXT - between);
        return interner.shorten(Base64.getEncoder().encodeToString(beginning), Base64.getEncoder().encodeToString(end),
                Math.ceilDiv((long) size, 3) * 4);
    }

    /** Returns the first {@code atMost} bytes of a string or bytes field. */
    private byte[] bytes(int atMost) throws IOException {
        int size = in.readRawVarint32();
        if (size <= atMost) {
            return in.readRawBytes(size);
        }
        byte[] first = in.readRawBytes(atMost);
        in.skipRawBytes(size - atMost);
        return first;
    }

    private int enter() throws IOException {
        return in.pushLimit(in.readRawVarint32());
    }

    private void leave(int limit) throws IOException {
        if (in.getBytesUntilLimit() > 0) {
            throw new InvalidProtocolBufferException("the body ends within a message");
        }
        in.popLimit(limit);
    }

    /** Skips a field. If a number of a data point has a wrong wire type, the data point becomes unreadable. */
    private void passOverNumber(int tag, Map<Integer, String> fields, int attributes, PointDraft draft) throws IOException {
        draft.unreadable |= passOver(tag, fields) && number(tag) != attributes;
    }

    /**
     * Skips a field.
     *
     * @param fields the fields of its message that are read if they have the right wire type
     * @return whether it is one of these, which is reported
     */
    private boolean passOver(int tag, Map<Integer, String> fields) throws IOException {
        skip(tag);
        String name = fields.get(number(tag));
        if (name != null) {
            interner.leaveOut("\"" + name + "\" has another wire type than in OTLP and was left out");
        }
        return name != null;
    }

    private static int number(int tag) {
        return WireFormat.getTagFieldNumber(tag);
    }

    private void skip(int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new InvalidProtocolBufferException("a group ends that was not started");
        }
    }
}
