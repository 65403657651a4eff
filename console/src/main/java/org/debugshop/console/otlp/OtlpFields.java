package org.debugshop.console.otlp;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint.ValueAtQuantile;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.Map;

/**
 * The fields that {@link ProtobufDecoder} reads, by number, with their names in OTLP's JSON. If one of them has a wrong wire type,
 * the sender has a bug; other fields may be new or aren't needed. {@code DecoderTest} compares them with the generated classes,
 * which aren't loaded for this.
 */
final class OtlpFields {

    static final Map<Integer, String> TRACES_REQUEST = Map.of(ExportTraceServiceRequest.RESOURCE_SPANS_FIELD_NUMBER, "resourceSpans");
    static final Map<Integer, String> RESOURCE_SPANS = Map.of(ResourceSpans.RESOURCE_FIELD_NUMBER, "resource",
            ResourceSpans.SCOPE_SPANS_FIELD_NUMBER, "scopeSpans");
    static final Map<Integer, String> SCOPE_SPANS = Map.of(ScopeSpans.SCOPE_FIELD_NUMBER, "scope", ScopeSpans.SPANS_FIELD_NUMBER, "spans");
    static final Map<Integer, String> SPAN = Map.ofEntries(Map.entry(Span.TRACE_ID_FIELD_NUMBER, "traceId"),
            Map.entry(Span.SPAN_ID_FIELD_NUMBER, "spanId"), Map.entry(Span.PARENT_SPAN_ID_FIELD_NUMBER, "parentSpanId"),
            Map.entry(Span.NAME_FIELD_NUMBER, "name"), Map.entry(Span.KIND_FIELD_NUMBER, "kind"),
            Map.entry(Span.START_TIME_UNIX_NANO_FIELD_NUMBER, "startTimeUnixNano"),
            Map.entry(Span.END_TIME_UNIX_NANO_FIELD_NUMBER, "endTimeUnixNano"), Map.entry(Span.ATTRIBUTES_FIELD_NUMBER, "attributes"),
            Map.entry(Span.EVENTS_FIELD_NUMBER, "events"), Map.entry(Span.LINKS_FIELD_NUMBER, "links"),
            Map.entry(Span.STATUS_FIELD_NUMBER, "status"));
    static final Map<Integer, String> EVENT = Map.of(Span.Event.NAME_FIELD_NUMBER, "name", Span.Event.TIME_UNIX_NANO_FIELD_NUMBER,
            "timeUnixNano", Span.Event.ATTRIBUTES_FIELD_NUMBER, "attributes");
    static final Map<Integer, String> LINK = Map.of(Span.Link.TRACE_ID_FIELD_NUMBER, "traceId", Span.Link.SPAN_ID_FIELD_NUMBER, "spanId",
            Span.Link.ATTRIBUTES_FIELD_NUMBER, "attributes");
    static final Map<Integer, String> STATUS = Map.of(Status.CODE_FIELD_NUMBER, "code", Status.MESSAGE_FIELD_NUMBER, "message");

    static final Map<Integer, String> LOGS_REQUEST = Map.of(ExportLogsServiceRequest.RESOURCE_LOGS_FIELD_NUMBER, "resourceLogs");
    static final Map<Integer, String> RESOURCE_LOGS = Map.of(ResourceLogs.RESOURCE_FIELD_NUMBER, "resource",
            ResourceLogs.SCOPE_LOGS_FIELD_NUMBER, "scopeLogs");
    static final Map<Integer, String> SCOPE_LOGS = Map.of(ScopeLogs.SCOPE_FIELD_NUMBER, "scope", ScopeLogs.LOG_RECORDS_FIELD_NUMBER,
            "logRecords");
    static final Map<Integer, String> LOG_RECORD = Map.of(LogRecord.TIME_UNIX_NANO_FIELD_NUMBER, "timeUnixNano",
            LogRecord.OBSERVED_TIME_UNIX_NANO_FIELD_NUMBER, "observedTimeUnixNano", LogRecord.SEVERITY_NUMBER_FIELD_NUMBER,
            "severityNumber", LogRecord.SEVERITY_TEXT_FIELD_NUMBER, "severityText", LogRecord.BODY_FIELD_NUMBER, "body",
            LogRecord.EVENT_NAME_FIELD_NUMBER, "eventName", LogRecord.ATTRIBUTES_FIELD_NUMBER, "attributes",
            LogRecord.TRACE_ID_FIELD_NUMBER, "traceId", LogRecord.SPAN_ID_FIELD_NUMBER, "spanId");

    static final Map<Integer, String> METRICS_REQUEST = Map.of(ExportMetricsServiceRequest.RESOURCE_METRICS_FIELD_NUMBER,
            "resourceMetrics");
    static final Map<Integer, String> RESOURCE_METRICS = Map.of(ResourceMetrics.RESOURCE_FIELD_NUMBER, "resource",
            ResourceMetrics.SCOPE_METRICS_FIELD_NUMBER, "scopeMetrics");
    static final Map<Integer, String> SCOPE_METRICS = Map.of(ScopeMetrics.METRICS_FIELD_NUMBER, "metrics");
    static final Map<Integer, String> METRIC = Map.of(Metric.NAME_FIELD_NUMBER, "name", Metric.UNIT_FIELD_NUMBER, "unit",
            Metric.DESCRIPTION_FIELD_NUMBER, "description", Metric.GAUGE_FIELD_NUMBER, "gauge", Metric.SUM_FIELD_NUMBER, "sum",
            Metric.HISTOGRAM_FIELD_NUMBER, "histogram", Metric.EXPONENTIAL_HISTOGRAM_FIELD_NUMBER, "exponentialHistogram",
            Metric.SUMMARY_FIELD_NUMBER, "summary");
    /** The fields of Sum, which include those of all other kinds. */
    static final Map<Integer, String> DATA = Map.of(Sum.DATA_POINTS_FIELD_NUMBER, "dataPoints", Sum.AGGREGATION_TEMPORALITY_FIELD_NUMBER,
            "aggregationTemporality", Sum.IS_MONOTONIC_FIELD_NUMBER, "isMonotonic");
    static final Map<Integer, String> NUMBER = Map.of(NumberDataPoint.ATTRIBUTES_FIELD_NUMBER, "attributes",
            NumberDataPoint.AS_INT_FIELD_NUMBER, "asInt", NumberDataPoint.AS_DOUBLE_FIELD_NUMBER, "asDouble",
            NumberDataPoint.FLAGS_FIELD_NUMBER, "flags");
    static final Map<Integer, String> HISTOGRAM = Map.of(HistogramDataPoint.ATTRIBUTES_FIELD_NUMBER, "attributes",
            HistogramDataPoint.COUNT_FIELD_NUMBER, "count", HistogramDataPoint.SUM_FIELD_NUMBER, "sum",
            HistogramDataPoint.BUCKET_COUNTS_FIELD_NUMBER, "bucketCounts", HistogramDataPoint.EXPLICIT_BOUNDS_FIELD_NUMBER,
            "explicitBounds", HistogramDataPoint.FLAGS_FIELD_NUMBER, "flags");
    static final Map<Integer, String> SUMMARY = Map.of(SummaryDataPoint.ATTRIBUTES_FIELD_NUMBER, "attributes",
            SummaryDataPoint.COUNT_FIELD_NUMBER, "count", SummaryDataPoint.SUM_FIELD_NUMBER, "sum",
            SummaryDataPoint.QUANTILE_VALUES_FIELD_NUMBER, "quantileValues", SummaryDataPoint.FLAGS_FIELD_NUMBER, "flags");
    static final Map<Integer, String> QUANTILE = Map.of(ValueAtQuantile.QUANTILE_FIELD_NUMBER, "quantile",
            ValueAtQuantile.VALUE_FIELD_NUMBER, "value");

    static final Map<Integer, String> RESOURCE = Map.of(Resource.ATTRIBUTES_FIELD_NUMBER, "attributes");
    static final Map<Integer, String> SCOPE = Map.of(InstrumentationScope.NAME_FIELD_NUMBER, "name");
    static final Map<Integer, String> KEY_VALUE = Map.of(KeyValue.KEY_FIELD_NUMBER, "key", KeyValue.VALUE_FIELD_NUMBER, "value");
    static final Map<Integer, String> VALUE = Map.of(AnyValue.STRING_VALUE_FIELD_NUMBER, "stringValue", AnyValue.BOOL_VALUE_FIELD_NUMBER,
            "boolValue", AnyValue.INT_VALUE_FIELD_NUMBER, "intValue", AnyValue.DOUBLE_VALUE_FIELD_NUMBER, "doubleValue",
            AnyValue.BYTES_VALUE_FIELD_NUMBER, "bytesValue", AnyValue.ARRAY_VALUE_FIELD_NUMBER, "arrayValue",
            AnyValue.KVLIST_VALUE_FIELD_NUMBER, "kvlistValue");
    static final Map<Integer, String> ARRAY = Map.of(ArrayValue.VALUES_FIELD_NUMBER, "values");
    static final Map<Integer, String> MAP = Map.of(KeyValueList.VALUES_FIELD_NUMBER, "values");

    private OtlpFields() {}
}
