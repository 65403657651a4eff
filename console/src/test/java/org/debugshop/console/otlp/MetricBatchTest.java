package org.debugshop.console.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.debugshop.console.TestSpans.keyValue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.debugshop.console.store.SeriesStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricBatchTest {

    private static final long NOW = 1_800_000_000_000L;

    private final SeriesStore series = new SeriesStore(SeriesStore.MAX_SERIES, SeriesStore.MAX_BYTES);

    private interface Reader {
        void read(Interner interner, MetricBatch batch) throws IOException;
    }

    private Batch.Outcome send(Metric.Builder... metrics) throws IOException {
        var scope = ScopeMetrics.newBuilder();
        List.of(metrics).forEach(scope::addMetrics);
        return protobuf(request(scope.build().toByteString()));
    }

    /** @param scope an encoded ScopeMetrics, because the generated classes can't create invalid ones */
    private static byte[] request(ByteString scope) {
        var resource = ResourceMetrics.newBuilder();
        resource.getResourceBuilder().addAttributes(keyValue("service.name", "a"));
        return ExportMetricsServiceRequest.newBuilder().addResourceMetrics(resource
                .setUnknownFields(field(ResourceMetrics.SCOPE_METRICS_FIELD_NUMBER, scope))).build().toByteArray();
    }

    private static UnknownFieldSet field(int number, ByteString... values) {
        var field = UnknownFieldSet.Field.newBuilder();
        List.of(values).forEach(field::addLengthDelimited);
        return UnknownFieldSet.newBuilder().addField(number, field.build()).build();
    }

    private Batch.Outcome protobuf(byte[] body) throws IOException {
        return read((interner, batch) -> new ProtobufDecoder(interner).metrics(new ByteArrayInputStream(body), batch));
    }

    /** @param metrics JSON with ' instead of " */
    private Batch.Outcome json(String metrics) throws IOException {
        byte[] body = ("{'resourceMetrics':[{'resource':{'attributes':[{'key':'service.name','value':{'stringValue':'a'}}]},"
                + "'scopeMetrics':[{'metrics':[" + metrics + "]}]}]}").replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return read((interner, batch) -> new JsonDecoder(interner).metrics(new ByteArrayInputStream(body), batch));
    }

    private Batch.Outcome read(Reader reader) throws IOException {
        var report = new Report();
        var batch = new MetricBatch(report);
        reader.read(new Interner(new Interner.Pools(), report, new Arrival(NOW * 1_000_000)), batch);
        return batch.store(series, NOW);
    }

    private static Gauge.Builder gauge(int points) {
        var gauge = Gauge.newBuilder();
        for (int i = 0; i < points; i++) {
            gauge.addDataPoints(NumberDataPoint.newBuilder().setAsInt(i).addAttributes(keyValue("i", Integer.toString(i))));
        }
        return gauge;
    }

    /** Returns the newest value of each series, by its labels. */
    private Map<Map<String, String>, Double> values(String name) {
        return series.find(name, Map.of(), Long.MIN_VALUE, NOW, 1000, Optional.empty()).series().stream()
                .collect(Collectors.toMap(found -> {
                    var labels = new TreeMap<>(found.labels());
                    labels.remove("service");
                    return labels;
                }, found -> found.points().getLast().value()));
    }

    @Test
    void shouldRejectSeriesForWhichThereIsNoRoom() throws IOException {
        int most = SeriesStore.MAX_PUSHED_SERIES;

        var outcome = send(Metric.newBuilder().setName("many").setGauge(gauge(most + 100)));

        assertThat(outcome).isEqualTo(new Batch.Outcome(most, 100,
                "there is no room for more than 5000 series, or for one with labels this long (100 times)"));
        assertThat(series.series()).isEqualTo(most);
    }

    @Test
    void shouldRejectSamplesBeyondTheBoundOfARequest() throws IOException {
        var outcome = send(Metric.newBuilder().setName("many").setGauge(gauge(MetricBatch.MAX_SAMPLES + 1)));

        assertThat(outcome.rejected()).isEqualTo(MetricBatch.MAX_SAMPLES + 1 - SeriesStore.MAX_PUSHED_SERIES);
        assertThat(outcome.problem()).startsWith("a request may have 10000 samples, with 4194304 characters of labels; "
                + "a histogram has a sample for each bucket; there is no room for");
    }

    @Test
    void shouldRejectDataPointsWhoseLabelsAreBeyondTheBoundOfARequest() throws IOException {
        var histogram = HistogramDataPoint.newBuilder().addAttributes(keyValue("long", "x".repeat(8000))).addBucketCounts(0);
        for (int i = 0; i < MetricBatch.MAX_CHARACTERS / 8000; i++) {
            histogram.addBucketCounts(1).addExplicitBounds(i);
        }

        var outcome = send(Metric.newBuilder().setName("long").setHistogram(Histogram.newBuilder().addDataPoints(histogram)),
                Metric.newBuilder().setName("short").setGauge(gauge(1)));

        assertThat(outcome.rejected()).isOne();
        assertThat(outcome.problem()).startsWith("a request may have 10000 samples");
        assertThat(series.names()).containsExactly("short");
    }

    @Test
    void shouldRejectAHistogramWhoseBucketsDoNotFitItsBounds() throws IOException {
        var histogram = Histogram.newBuilder().addDataPoints(HistogramDataPoint.newBuilder().setCount(3).addExplicitBounds(1)
                .addBucketCounts(3)).addDataPoints(HistogramDataPoint.newBuilder().setCount(3).setSum(4));

        assertThat(send(Metric.newBuilder().setName("h").setHistogram(histogram), Metric.newBuilder().setGauge(gauge(2))))
                .isEqualTo(new Batch.Outcome(1, 3, "a histogram must have one bucket more than bounds; "
                        + "a metric must have a name, of at most 255 characters (2 times)"));
        assertThat(series.names()).containsExactly("h_bucket", "h_count", "h_sum");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{'asInt':1e21} | \"asInt\" must be an integer of 64 bits and was left out; a data point must have readable numbers",
            "{'asDouble':[1]} | \"asDouble\" must be a number and was left out; a data point must have readable numbers",
            "{} | a data point must have a value", "7 | a data point must be an object", "null | a data point must be an object"})
    void shouldRejectOnlyAnInvalidDataPointInJson(String bad, String problem) throws IOException {
        var outcome = json("{'name':'m','unit':7,'gauge':{'dataPoints':[" + bad.replace("\"", "'") + ",{'asInt':'2'}]}}");

        assertThat(outcome.accepted()).isOne();
        assertThat(outcome.rejected()).isOne();
        assertThat(outcome.problem()).isEqualTo("\"unit\" must be a string and was left out; " + problem);
        assertThat(values("m")).isEqualTo(Map.of(Map.of(), 2.0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'count':-1", "'count':'1e999999999'", "'bucketCounts':['1',{},'1']", "'bucketCounts':[1,-1,1]",
            "'explicitBounds':['a',2]", "'sum':'x'"})
    void shouldRejectOnlyAHistogramWithUnreadableNumbersInJson(String bad) throws IOException {
        var outcome = json("{'name':'h','histogram':{'dataPoints':[{" + bad + "},{'count':2,'sum':0.5,'bucketCounts':['1',1],"
                + "'explicitBounds':[5]}]}}");

        assertThat(outcome.accepted()).isOne();
        assertThat(outcome.rejected()).isOne();
        assertThat(values("h_bucket")).isEqualTo(Map.of(Map.of("le", "5"), 1.0, Map.of("le", "+Inf"), 2.0));
        assertThat(values("h_sum")).isEqualTo(Map.of(Map.of(), 0.5));
    }

    @Test
    void shouldKeepADataPointAndDropAnUnreadableAttribute() throws IOException {
        var outcome = json("{'name':'m','gauge':{'dataPoints':[{'asDouble':'2.5','attributes':[{'key':'bad','value':{'intValue':1e21}},"
                + "{'key':'half','value':{'stringValue':'\\ud800'}},{'key':'share','value':{'doubleValue':3}}]}]}}");

        assertThat(outcome.accepted()).isOne();
        assertThat(outcome.rejected()).isZero();
        assertThat(outcome.problem()).isEqualTo("\"intValue\" must be an integer of 64 bits and was left out");
        assertThat(values("m")).isEqualTo(Map.of(Map.of("half", "\ufffd", "share", "3.0"), 2.5));
    }

    @Test
    void shouldRejectOnlyAMalformedDataPointInProtobuf() throws IOException {
        var malformed = ByteString.copyFrom(new byte[]{NumberDataPoint.ATTRIBUTES_FIELD_NUMBER << 3 | 2, 100});
        var invalidUtf8 = NumberDataPoint.newBuilder().setAsInt(1).setUnknownFields(field(NumberDataPoint.ATTRIBUTES_FIELD_NUMBER,
                ByteString.copyFrom(new byte[]{1 << 3 | 2, 1, 'k', 2 << 3 | 2, 3, 1 << 3 | 2, 1, (byte) 0xFF}))).build().toByteString();
        var good = NumberDataPoint.newBuilder().setAsDouble(2.5).build().toByteString();
        var gauge = field(Gauge.DATA_POINTS_FIELD_NUMBER, malformed, invalidUtf8, good).toByteString();
        var metric = Metric.newBuilder().setName("m").setUnknownFields(field(Metric.GAUGE_FIELD_NUMBER, gauge)).build().toByteString();

        var outcome = protobuf(request(field(ScopeMetrics.METRICS_FIELD_NUMBER, metric).toByteString()));

        assertThat(outcome).isEqualTo(new Batch.Outcome(2, 1, "a data point is malformed"));
        assertThat(values("m")).isEqualTo(Map.of(Map.of("k", "\ufffd"), 1.0, Map.of(), 2.5));
    }

    @Test
    void shouldRejectOnlyAMalformedMetricInProtobuf() throws IOException {
        var malformed = ByteString.copyFrom(new byte[]{Metric.GAUGE_FIELD_NUMBER << 3 | 2, 100});
        var good = Metric.newBuilder().setName("m").setGauge(gauge(1)).build().toByteString();

        var outcome = protobuf(request(field(ScopeMetrics.METRICS_FIELD_NUMBER, malformed, good).toByteString()));

        assertThat(outcome).isEqualTo(new Batch.Outcome(1, 1, "a metric is malformed"));
        assertThat(series.names()).containsExactly("m");
    }

    @Test
    void shouldRefuseABodyThatEndsWithinADataPoint() {
        byte[] whole = ExportMetricsServiceRequest.newBuilder().addResourceMetrics(ResourceMetrics.newBuilder().addScopeMetrics(
                ScopeMetrics.newBuilder().addMetrics(Metric.newBuilder().setName("m").setGauge(gauge(1))))).build().toByteArray();

        assertThatThrownBy(() -> protobuf(Arrays.copyOf(whole, whole.length - 3))).isInstanceOf(IOException.class);
    }

    @Test
    void shouldReadBucketsThatAreNotPacked() throws IOException {
        var histogram = HistogramDataPoint.newBuilder().setCount(3).setUnknownFields(UnknownFieldSet.newBuilder()
                .addField(HistogramDataPoint.BUCKET_COUNTS_FIELD_NUMBER,
                        UnknownFieldSet.Field.newBuilder().addFixed64(1).addFixed64(2).build())
                .addField(HistogramDataPoint.EXPLICIT_BOUNDS_FIELD_NUMBER,
                        UnknownFieldSet.Field.newBuilder().addFixed64(Double.doubleToLongBits(0.5)).build())
                .build());

        send(Metric.newBuilder().setName("h").setHistogram(Histogram.newBuilder().addDataPoints(histogram)
                .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)));

        assertThat(values("h_bucket")).isEqualTo(Map.of(Map.of("le", "0.5"), 1.0, Map.of("le", "+Inf"), 3.0));
    }
}
