package org.debugshop.console.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.console.TestSpans.logRecord;
import static org.debugshop.console.TestSpans.logsRequest;
import static org.debugshop.console.TestSpans.nanos;
import static org.debugshop.console.TestSpans.request;
import static org.debugshop.console.TestSpans.server;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.UnknownFieldSet;
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
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.console.store.SeriesStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** OTLP's protobuf fields, but with wrong wire types. */
class WireTypesTest {

    private static final String LEFT_OUT = " has another wire type than in OTLP and was left out";

    private final Report report = new Report();
    private final ProtobufDecoder decoder = new ProtobufDecoder(new Interner(new Interner.Pools(), report, new Arrival(nanos(1000))));
    private final List<org.debugshop.console.store.Span> spans = new ArrayList<>();
    private final List<org.debugshop.console.store.LogRecord> logs = new ArrayList<>();
    private final SeriesStore series = new SeriesStore(SeriesStore.MAX_SERIES, SeriesStore.MAX_BYTES);

    /** Returns a field of four bytes. Of the fields that are read, only the flags of a data point have this type. */
    private static UnknownFieldSet fourBytes(int field) {
        return UnknownFieldSet.newBuilder().addField(field, UnknownFieldSet.Field.newBuilder().addFixed32(7).build()).build();
    }

    private Batch.Outcome spans(Span.Builder... sent) throws IOException {
        return spans(request("a", sent));
    }

    private Batch.Outcome spans(ExportTraceServiceRequest request) throws IOException {
        var batch = new Batch<org.debugshop.console.store.Span>(report, spans::addAll);
        decoder.spans(new ByteArrayInputStream(request.toByteArray()), batch);
        return batch.finish();
    }

    private Batch.Outcome logs(ExportLogsServiceRequest request) throws IOException {
        var batch = new Batch<org.debugshop.console.store.LogRecord>(report, logs::addAll);
        decoder.logs(new ByteArrayInputStream(request.toByteArray()), batch);
        return batch.finish();
    }

    private Batch.Outcome metrics(Metric.Builder metric) throws IOException {
        var batch = new MetricBatch(report);
        decoder.metrics(new ByteArrayInputStream(ExportMetricsServiceRequest.newBuilder().addResourceMetrics(ResourceMetrics.newBuilder()
                .addScopeMetrics(ScopeMetrics.newBuilder().addMetrics(metric))).build().toByteArray()), batch);
        return batch.store(series, 1_800_000_000_000L);
    }

    static List<Arguments> shouldUseOtlpsFieldNames() {
        return List.of(Arguments.of(ExportTraceServiceRequest.getDescriptor(), OtlpFields.TRACES_REQUEST),
                Arguments.of(ResourceSpans.getDescriptor(), OtlpFields.RESOURCE_SPANS),
                Arguments.of(ScopeSpans.getDescriptor(), OtlpFields.SCOPE_SPANS), Arguments.of(Span.getDescriptor(), OtlpFields.SPAN),
                Arguments.of(Span.Event.getDescriptor(), OtlpFields.EVENT), Arguments.of(Span.Link.getDescriptor(), OtlpFields.LINK),
                Arguments.of(Status.getDescriptor(), OtlpFields.STATUS),
                Arguments.of(ExportLogsServiceRequest.getDescriptor(), OtlpFields.LOGS_REQUEST),
                Arguments.of(ResourceLogs.getDescriptor(), OtlpFields.RESOURCE_LOGS),
                Arguments.of(ScopeLogs.getDescriptor(), OtlpFields.SCOPE_LOGS),
                Arguments.of(LogRecord.getDescriptor(), OtlpFields.LOG_RECORD),
                Arguments.of(ExportMetricsServiceRequest.getDescriptor(), OtlpFields.METRICS_REQUEST),
                Arguments.of(ResourceMetrics.getDescriptor(), OtlpFields.RESOURCE_METRICS),
                Arguments.of(ScopeMetrics.getDescriptor(), OtlpFields.SCOPE_METRICS),
                Arguments.of(Metric.getDescriptor(), OtlpFields.METRIC), Arguments.of(Sum.getDescriptor(), OtlpFields.DATA),
                Arguments.of(NumberDataPoint.getDescriptor(), OtlpFields.NUMBER),
                Arguments.of(HistogramDataPoint.getDescriptor(), OtlpFields.HISTOGRAM),
                Arguments.of(SummaryDataPoint.getDescriptor(), OtlpFields.SUMMARY),
                Arguments.of(SummaryDataPoint.ValueAtQuantile.getDescriptor(), OtlpFields.QUANTILE),
                Arguments.of(Resource.getDescriptor(), OtlpFields.RESOURCE),
                Arguments.of(InstrumentationScope.getDescriptor(), OtlpFields.SCOPE),
                Arguments.of(KeyValue.getDescriptor(), OtlpFields.KEY_VALUE), Arguments.of(AnyValue.getDescriptor(), OtlpFields.VALUE),
                Arguments.of(ArrayValue.getDescriptor(), OtlpFields.ARRAY), Arguments.of(KeyValueList.getDescriptor(), OtlpFields.MAP));
    }

    @ParameterizedTest
    @MethodSource
    void shouldUseOtlpsFieldNames(Descriptor message, Map<Integer, String> fields) {
        assertThat(fields).allSatisfy((number, name) -> assertThat(message.findFieldByNumber(number).getJsonName()).isEqualTo(name));
    }

    static final List<String> fieldsOfASpan = OtlpFields.SPAN.values().stream().filter(name -> !name.equals("parentSpanId")).toList();

    @ParameterizedTest
    @FieldSource("fieldsOfASpan")
    void shouldKeepASpanWithoutAFieldOfAWrongWireTypeAndReportIt(String name) throws IOException {
        int number = Span.getDescriptor().findFieldByName(snakeCase(name)).getNumber();

        var outcome = spans(server("a", "bad").sent().setUnknownFields(fourBytes(number)), server("a", "good").id(2).sent());

        assertThat(outcome).isEqualTo(new Batch.Outcome(2, 0, "\"" + name + "\"" + LEFT_OUT));
        assertThat(spans).extracting(span -> span.alteration().valuesLeftOut()).containsExactly(1, 0);
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase();
    }

    @Test
    void shouldSkipUnknownFieldsWithoutAReport() throws IOException {
        var outcome = spans(server("a", "x").sent().setFlags(257).setUnknownFields(fourBytes(99)));

        assertThat(outcome).isEqualTo(new Batch.Outcome(1, 0, ""));
    }

    @Test
    void shouldRejectASpanWhoseParentIsNotAnId() throws IOException {
        var orphan = server("a", "x").sent().setUnknownFields(fourBytes(Span.PARENT_SPAN_ID_FIELD_NUMBER));

        assertThat(spans(orphan, server("a", "good").id(2).sent())).isEqualTo(new Batch.Outcome(1, 1,
                "\"parentSpanId\"" + LEFT_OUT + "; a parent span id must be empty or 8 bytes"));
    }

    @Test
    void shouldDropAnAttributeWhoseValueHasAWrongWireType() throws IOException {
        var span = server("a", "x").attribute("kept", "v").sent()
                .addAttributes(KeyValue.newBuilder().setKey("bad").setUnknownFields(fourBytes(KeyValue.VALUE_FIELD_NUMBER)))
                .addAttributes(KeyValue.newBuilder().setKey("worse").setValue(AnyValue.newBuilder()
                        .setUnknownFields(fourBytes(AnyValue.INT_VALUE_FIELD_NUMBER))))
                .addAttributes(KeyValue.newBuilder().setKey("list").setValue(AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder()
                        .setUnknownFields(fourBytes(ArrayValue.VALUES_FIELD_NUMBER)))));

        assertThat(spans(span)).isEqualTo(new Batch.Outcome(1, 0,
                Stream.of("value", "intValue", "values").map(name -> "\"" + name + "\"" + LEFT_OUT).collect(Collectors.joining("; "))));
        assertThat(spans.getFirst().attributes().toMap()).isEqualTo(Map.of("kept", "v", "list", List.of()));
        assertThat(spans.getFirst().alteration().valuesLeftOut()).isEqualTo(3);
    }

    @Test
    void shouldReportAFieldOfAWrongWireTypeOutsideOfSpans() throws IOException {
        var request = request("a", server("a", "x").sent()).toBuilder()
                .setUnknownFields(fourBytes(ExportTraceServiceRequest.RESOURCE_SPANS_FIELD_NUMBER));
        request.getResourceSpansBuilder(0).getScopeSpansBuilder(0).setUnknownFields(fourBytes(ScopeSpans.SPANS_FIELD_NUMBER));

        assertThat(spans(request.build()))
                .isEqualTo(new Batch.Outcome(1, 0, "\"spans\"" + LEFT_OUT + "; \"resourceSpans\"" + LEFT_OUT));
    }

    @Test
    void shouldKeepALogRecordWithoutAFieldOfAWrongWireTypeAndReportIt() throws IOException {
        var request = logsRequest("a", logRecord(9, "kept", 1)).toBuilder();
        request.getResourceLogsBuilder(0).getScopeLogsBuilder(0).getLogRecordsBuilder(0)
                .setUnknownFields(fourBytes(LogRecord.SEVERITY_NUMBER_FIELD_NUMBER));

        assertThat(logs(request.build())).isEqualTo(new Batch.Outcome(1, 0, "\"severityNumber\"" + LEFT_OUT));
        assertThat(logs).singleElement().satisfies(log -> {
            assertThat(log.message()).isEqualTo("kept");
            assertThat(log.alteration().valuesLeftOut()).isEqualTo(1);
        });
    }

    @Test
    void shouldRejectOnlyADataPointWithUnreadableNumbers() throws IOException {
        var countAsVarint = UnknownFieldSet.newBuilder()
                .addField(HistogramDataPoint.COUNT_FIELD_NUMBER, UnknownFieldSet.Field.newBuilder().addVarint(3).build()).build();

        var outcome = metrics(Metric.newBuilder().setName("h").setHistogram(Histogram.newBuilder()
                .addDataPoints(HistogramDataPoint.newBuilder().setSum(1).setUnknownFields(countAsVarint))
                .addDataPoints(HistogramDataPoint.newBuilder().setSum(2).setCount(1))));

        assertThat(outcome)
                .isEqualTo(new Batch.Outcome(1, 1, "\"count\"" + LEFT_OUT + "; a data point must have readable numbers"));
    }

    @Test
    void shouldKeepADataPointWithoutAttributesOfAWrongWireType() throws IOException {
        var outcome = metrics(Metric.newBuilder().setName("m").setGauge(Gauge.newBuilder().addDataPoints(NumberDataPoint.newBuilder()
                .setAsInt(1).setUnknownFields(fourBytes(NumberDataPoint.ATTRIBUTES_FIELD_NUMBER)))));

        assertThat(outcome).isEqualTo(new Batch.Outcome(1, 0, "\"attributes\"" + LEFT_OUT));
    }
}
