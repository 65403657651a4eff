package org.debugshop.console.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.debugshop.console.scrape.PrometheusText;
import org.debugshop.console.scrape.PrometheusText.MalformedException;
import org.debugshop.console.scrape.Targets;
import org.junit.jupiter.api.Test;

class OtlpMetricsTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    private final OtlpMetrics metrics = new OtlpMetrics(Targets.parse("gateway=http://localhost:8080").all().getFirst(), "local");

    private ExportMetricsServiceRequest scrape(long second, String text) throws MalformedException {
        return metrics.up(second * 1000, PrometheusText.parse(text));
    }

    private static Metric metric(ExportMetricsServiceRequest request, String name) {
        return request.getResourceMetrics(0).getScopeMetrics(0).getMetricsList().stream().filter(metric -> metric.getName().equals(name))
                .findFirst().orElseThrow();
    }

    private static List<String> names(ExportMetricsServiceRequest request) {
        return request.getResourceMetrics(0).getScopeMetrics(0).getMetricsList().stream().map(Metric::getName).toList();
    }

    private static String text(List<KeyValue> attributes) {
        return attributes.stream().map(attribute -> attribute.getKey() + "=" + (attribute.getValue().hasIntValue()
                ? attribute.getValue().getIntValue()
                : attribute.getValue().getStringValue())).collect(Collectors.joining(" "));
    }

    private static long nanos(long second) {
        return second * 1_000_000_000;
    }

    @Test
    void shouldNameTheTarget() throws Exception {
        var request = scrape(100, "");

        assertThat(request.getResourceMetricsList()).hasSize(1);
        assertThat(text(request.getResourceMetrics(0).getResource().getAttributesList())).isEqualTo("service.name=gateway "
                + "service.instance.id=localhost:8080 deployment.environment.name=local server.address=localhost server.port=8080 url.scheme=http");
        assertThat(metric(request, "up").getGauge().getDataPoints(0).getAsDouble()).isEqualTo(1);
        assertThat(names(metrics.down(102_000))).containsExactly("up");
        assertThat(metric(metrics.down(102_000), "up").getGauge().getDataPoints(0).getAsDouble()).isZero();
    }

    @Test
    void shouldHaveTheResourceOfTheTarget() throws Exception {
        var request = scrape(100, """
                # TYPE target info
                target_info{deployment_environment_name="test",service_instance_id="7",service_name="shop",team="a"} 1
                # TYPE now gauge
                now 3
                """);

        var own = "deployment.environment.name=test service.instance.id=7 service.name=shop team=a";
        assertThat(text(request.getResourceMetrics(0).getResource().getAttributesList())).isEqualTo(own);
        assertThat(names(request)).containsExactly("up", "now");
        assertThat(text(metrics.down(102_000).getResourceMetrics(0).getResource().getAttributesList())).isEqualTo(own);
        assertThat(text(scrape(104, "now 3\n").getResourceMetrics(0).getResource().getAttributesList()))
                .startsWith("service.name=gateway service.instance.id=localhost:8080");
    }

    @Test
    void shouldConvertGaugesAndUntypedMetricsToGauges() throws Exception {
        var request = scrape(100, """
                # HELP temperature_celsius How warm
                # UNIT temperature_celsius celsius
                # TYPE temperature_celsius gauge
                temperature_celsius{room="a",empty=""} 21.5
                temperature_celsius{room="b"} NaN
                untyped_count 7
                # TYPE gone gauge
                gone NaN
                # TYPE sizes gaugehistogram
                sizes_bucket{le="+Inf"} 3
                sizes_gcount 3
                """);

        var gauge = metric(request, "temperature_celsius");
        assertThat(gauge).returns("How warm", Metric::getDescription).returns("Cel", Metric::getUnit);
        assertThat(text(gauge.getMetadataList())).isEqualTo("prometheus.type=gauge");
        assertThat(gauge.getGauge().getDataPointsList()).singleElement().satisfies(point -> {
            assertThat(text(point.getAttributesList())).isEqualTo("room=a");
            assertThat(point.getAsDouble()).isEqualTo(21.5);
            assertThat(point.getTimeUnixNano()).isEqualTo(nanos(100));
        });
        assertThat(metric(request, "untyped_count").getGauge().getDataPoints(0).getAsDouble()).isEqualTo(7);
        assertThat(names(request)).containsExactly("up", "temperature_celsius", "untyped_count");
    }

    @Test
    void shouldConvertCountersOfBothFormatsToMonotonicSums() throws Exception {
        var request = scrape(100, """
                # TYPE old_total counter
                old_total 3
                # TYPE new counter
                new_total{a="b"} 4 # {span_id="%s",trace_id="%s"} 1.0 99.5
                new_created{a="b"} 42.5
                """.formatted(SPAN, TRACE));

        assertThat(metric(request, "old_total").getSum()).satisfies(sum -> {
            assertThat(sum.getIsMonotonic()).isTrue();
            assertThat(sum.getAggregationTemporality()).isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
            assertThat(sum.getDataPoints(0).getAsDouble()).isEqualTo(3);
        });
        assertThat(metric(request, "new_total").getSum().getDataPointsList()).singleElement().satisfies(point -> {
            assertThat(point.getStartTimeUnixNano()).as("the value of _created").isEqualTo(42_500_000_000L);
            assertThat(point.getExemplars(0).getTimeUnixNano()).isEqualTo(99_500_000_000L);
        });
        assertThat(names(request)).containsExactly("up", "old_total", "new_total");
    }

    @Test
    void shouldRestartASumIfItsCounterFalls() throws Exception {
        var starts = new ArrayList<Long>();
        for (var value : List.of(5, 9, 2, 2, 3)) {
            var request = scrape(100 + 15 * starts.size(), "# TYPE c counter\nc_total " + value + "\n");
            starts.add(metric(request, "c_total").getSum().getDataPoints(0).getStartTimeUnixNano());
        }

        assertThat(starts).containsExactly(nanos(100), nanos(100), nanos(130), nanos(130), nanos(130));
    }

    @Test
    void shouldForgetMissingSeries() throws Exception {
        scrape(100, "# TYPE c counter\nc_total{a=\"1\"} 5\n");
        scrape(115, "");

        var back = scrape(130, "# TYPE c counter\nc_total{a=\"1\"} 7\n");

        assertThat(metric(back, "c_total").getSum().getDataPoints(0).getStartTimeUnixNano()).isEqualTo(nanos(130));
    }

    @Test
    void shouldConvertHistogramsWithBoundsAndExemplars() throws Exception {
        var text = """
                # TYPE d_seconds histogram
                d_seconds_bucket{uri="/",le="0.1"} 8 # {span_id="%s",trace_id="%s"} 0.07 1520879607.5
                d_seconds_bucket{uri="/",le="1.0"} 11 # {trace_id="not one"} 0.5
                d_seconds_bucket{uri="/",le="+Inf"} 17
                d_seconds_count{uri="/"} 17 # {trace_id="%s"} 1.0
                d_seconds_sum{uri="/"} 324.5
                d_seconds_bucket{uri="/b",le="0.1"} 1
                d_seconds_bucket{uri="/b",le="+Inf"} 1
                d_seconds_count{uri="/b"} 1
                # TYPE d_seconds_max gauge
                d_seconds_max{uri="/"} 9
                """.formatted(SPAN, TRACE, TRACE);
        var histogram = metric(scrape(100, text), "d_seconds").getHistogram();

        assertThat(histogram.getAggregationTemporality()).isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
        assertThat(histogram.getDataPointsList()).hasSize(2);
        assertThat(histogram.getDataPoints(0)).returns(17L, HistogramDataPoint::getCount).returns(324.5, HistogramDataPoint::getSum)
                .returns(List.of(8L, 3L, 6L), HistogramDataPoint::getBucketCountsList)
                .returns(List.of(0.1, 1.0), HistogramDataPoint::getExplicitBoundsList)
                .returns(nanos(100), HistogramDataPoint::getStartTimeUnixNano);
        assertThat(text(histogram.getDataPoints(0).getAttributesList())).isEqualTo("uri=/");
        assertThat(histogram.getDataPoints(0).getExemplarsList()).singleElement().satisfies(exemplar -> {
            assertThat(HexFormat.of().formatHex(exemplar.getTraceId().toByteArray())).isEqualTo(TRACE);
            assertThat(HexFormat.of().formatHex(exemplar.getSpanId().toByteArray())).isEqualTo(SPAN);
            assertThat(exemplar.getAsDouble()).isEqualTo(0.07);
            assertThat(exemplar.getTimeUnixNano()).isEqualTo(1_520_879_607_500_000_000L);
        });
        assertThat(histogram.getDataPoints(1).hasSum()).isFalse();

        var later = scrape(115, text);
        assertThat(metric(later, "d_seconds").getHistogram().getDataPoints(0).getStartTimeUnixNano()).isEqualTo(nanos(100));
        assertThat(metric(later, "d_seconds_max").getGauge().getDataPoints(0).getAsDouble()).isEqualTo(9);
        var restarted = scrape(130, text.replace("} 17", "} 12"));
        assertThat(metric(restarted, "d_seconds").getHistogram().getDataPoints(0))
                .returns(nanos(130), HistogramDataPoint::getStartTimeUnixNano)
                .returns(List.of(8L, 3L, 1L), HistogramDataPoint::getBucketCountsList);
    }

    @Test
    void shouldKeepBucketsAndCountConsistentIfTheTargetCountsWhileItWrites() throws Exception {
        var point = metric(scrape(100, """
                # TYPE d histogram
                d_bucket{le="1"} 5
                d_bucket{le="2"} 4
                d_bucket{le="+Inf"} 7
                d_count 9
                """), "d").getHistogram().getDataPoints(0);

        assertThat(point.getBucketCountsList()).containsExactly(5L, 0L, 2L);
        assertThat(point.getCount()).isEqualTo(7);
    }

    @Test
    void shouldConvertSummariesWithQuantiles() throws Exception {
        var summary = metric(scrape(100, """
                # TYPE s summary
                s{quantile="0.5"} 2.5
                s{quantile="0.99"} 9
                s_count 10
                s_sum 30
                """), "s").getSummary().getDataPoints(0);

        assertThat(summary.getCount()).isEqualTo(10);
        assertThat(summary.getSum()).isEqualTo(30);
        assertThat(summary.getQuantileValuesList()).extracting(quantile -> quantile.getQuantile() + ":" + quantile.getValue())
                .containsExactly("0.5:2.5", "0.99:9.0");
    }
}
