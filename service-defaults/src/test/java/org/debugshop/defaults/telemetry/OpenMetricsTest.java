package org.debugshop.defaults.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.Collector.Type;
import io.prometheus.client.exemplars.Exemplar;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenMetricsTest {

    private static final Exemplar EXEMPLAR = new Exemplar(1, "trace_id", "a");

    private static Sample sample(String name, double value) {
        return new Sample(name, List.of(), List.of(), value, EXEMPLAR);
    }

    private static MetricFamilySamples family(String name, Type type, Sample... samples) {
        return new MetricFamilySamples(name, type, "What it is", List.of(samples));
    }

    private static List<String> corrected(MetricFamilySamples... families) throws IOException {
        var text = new StringWriter();
        TextFormat.writeOpenMetrics100(text, Collections.enumeration(OpenMetrics.of(Collections.enumeration(List.of(families)))));
        return text.toString().lines().filter(line -> !line.startsWith("# HELP") && !line.equals("# EOF")).toList();
    }

    @Test
    void shouldKeepExemplarsOfTotalsAndBucketsOnly() throws IOException {
        assertThat(corrected(
                family("orders", Type.COUNTER, sample("orders_total", 3)),
                family("took_seconds", Type.HISTOGRAM, new Sample("took_seconds_bucket", List.of("le"), List.of("+Inf"), 2, EXEMPLAR),
                        sample("took_seconds_count", 2), sample("took_seconds_sum", 5)),
                family("size", Type.SUMMARY, sample("size_count", 2), sample("size_sum", 5)),
                family("now", Type.GAUGE, sample("now", 4)))).containsExactly(
                        "# TYPE orders counter", "orders_total 3.0 # {trace_id=\"a\"} 1.0",
                        "# TYPE took_seconds histogram", "took_seconds_bucket{le=\"+Inf\"} 2.0 # {trace_id=\"a\"} 1.0",
                        "took_seconds_count 2.0", "took_seconds_sum 5.0",
                        "# TYPE size summary", "size_count 2.0", "size_sum 5.0",
                        "# TYPE now gauge", "now 4.0");
    }

    @Test
    void shouldGiveALongTaskTimerFamiliesOfItsOwn() throws IOException {
        assertThat(corrected(family("connections_seconds", Type.SUMMARY,
                new Sample("connections_seconds_active_count", List.of("port"), List.of("1"), 2),
                new Sample("connections_seconds_duration_sum", List.of("port"), List.of("1"), 7),
                new Sample("connections_seconds_active_count", List.of("port"), List.of("2"), 3),
                new Sample("connections_seconds_duration_sum", List.of("port"), List.of("2"), 8)))).containsExactly(
                        "# TYPE connections_active gauge", "connections_active{port=\"1\"} 2.0", "connections_active{port=\"2\"} 3.0",
                        "# TYPE connections_active_seconds gauge", "connections_active_seconds{port=\"1\"} 7.0",
                        "connections_active_seconds{port=\"2\"} 8.0");
    }

    @Test
    void shouldConvertTimesToSeconds() throws IOException {
        assertThat(corrected(
                family("process_cpu_time_ns", Type.COUNTER, new Sample("process_cpu_time_ns_total", List.of(), List.of(), 25e8)),
                family("start_time_ms", Type.GAUGE, new Sample("start_time_ms", List.of(), List.of(), 1500)),
                family("dns_msgs", Type.GAUGE, new Sample("dns_msgs", List.of(), List.of(), 7)))).containsExactly(
                        "# TYPE process_cpu_time_seconds counter", "process_cpu_time_seconds_total 2.5",
                        "# TYPE start_time_seconds gauge", "start_time_seconds 1.5",
                        "# TYPE dns_msgs gauge", "dns_msgs 7.0");
    }

    @Test
    void shouldNotEndAGaugeLikeAHistogram() throws IOException {
        assertThat(corrected(family("connection_count", Type.GAUGE, new Sample("connection_count", List.of(), List.of(), 3))))
                .containsExactly("# TYPE connections gauge", "connections 3.0");
    }

    @Test
    void shouldDescribeEachFamily() {
        var bare = new MetricFamilySamples("now", Type.GAUGE, " ", List.of(new Sample("now", List.of(), List.of(), 3)));

        assertThat(OpenMetrics.of(Collections.enumeration(List.of(bare)))).singleElement()
                .satisfies(family -> assertThat(family.help).isNotBlank());
    }

    @Test
    void shouldMergeFamiliesOfTheSameName() throws IOException {
        assertThat(corrected(family("now", Type.GAUGE, new Sample("now", List.of("a"), List.of("1"), 4)),
                family("other", Type.GAUGE, new Sample("other", List.of(), List.of(), 1)),
                family("now", Type.GAUGE, new Sample("now", List.of("a"), List.of("2"), 5)))).containsExactly(
                        "# TYPE now gauge", "now{a=\"1\"} 4.0", "now{a=\"2\"} 5.0", "# TYPE other gauge", "other 1.0");
    }
}
