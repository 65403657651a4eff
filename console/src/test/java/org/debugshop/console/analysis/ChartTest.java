package org.debugshop.console.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.debugshop.console.analysis.Chart.Show;
import org.debugshop.console.analysis.MetricName.Kind;
import org.debugshop.console.scrape.PrometheusText;
import org.debugshop.console.store.Sample;
import org.debugshop.console.store.SeriesStore;
import org.junit.jupiter.api.Test;

/** Each scrape is written as a service would answer it. */
class ChartTest {

    private static final long START = 1_800_000_000_000L;

    private final SeriesStore series = new SeriesStore(2000, SeriesStore.MAX_BYTES);
    private int tick;

    private void scrape(String service, String text) throws Exception {
        var exposition = PrometheusText.parse("up 1\n" + text + "\n");
        series.describe(exposition.families());
        series.add(service, now(), exposition.samples());
    }

    private long now() {
        return START + tick * (long) SeriesStore.TICK_MILLIS;
    }

    private Chart chart(String name, Show show, String by, String... labels) {
        var wanted = new HashMap<String, String>();
        for (int i = 0; i < labels.length; i += 2) {
            wanted.put(labels[i], labels[i + 1]);
        }
        return Chart.of(series, new Chart.Question(name, Optional.ofNullable(show), Optional.ofNullable(by), wanted, Long.MIN_VALUE),
                id -> id.startsWith("kept"), now());
    }

    private static double last(Chart.Line line) {
        return (double) line.points().getLast()[1];
    }

    private static Map<Map<String, String>, Double> lasts(Chart chart) {
        return chart.lines().stream().collect(Collectors.toMap(Chart.Line::labels, ChartTest::last));
    }

    @Test
    void shouldShowTheRateOfACounterPerSecond() throws Exception {
        for (tick = 0; tick < 30; tick++) {
            scrape("gateway", "requests_total " + 4 * tick);
        }
        tick--;

        var chart = chart("requests_total", null, null);

        assertThat(chart.kind()).isEqualTo(Kind.COUNTER);
        assertThat(chart.unit()).isEqualTo("1/s");
        assertThat(chart.lines()).singleElement().satisfies(line -> assertThat(last(line)).isEqualTo(2.0));
    }

    @Test
    void shouldContinueAfterARestart() throws Exception {
        for (tick = 0; tick < 20; tick++) {
            scrape("gateway", "requests_total " + (tick < 15 ? 1000 + 2 * tick : 2 * (tick - 14)));
        }
        tick--;

        assertThat(last(chart("requests_total", null, null).lines().getFirst())).isEqualTo(1.0);
    }

    @Test
    void shouldCountTheFirstValueOfANewCounter() throws Exception {
        for (tick = 0; tick < 20; tick++) {
            scrape("instabook", "steady_total 7" + (tick < 15 ? "" : "\nerrors_total{type=\"auth\"} 10"));
        }
        tick--;

        assertThat(last(chart("errors_total", null, null).lines().getFirst())).isEqualTo(0.5);
        assertThat(last(chart("steady_total", null, null).lines().getFirst())).as("an old value is not an increase").isZero();
    }

    @Test
    void shouldGroupSeriesByALabel() throws Exception {
        for (tick = 0; tick < 20; tick++) {
            scrape("gateway",
                    "r_total{status=\"200\",uri=\"/a\"} %d\nr_total{status=\"200\",uri=\"/b\"} %d\nr_total{status=\"500\",uri=\"/b\"} %d"
                            .formatted(2 * tick, 4 * tick, 2 * tick));
        }
        tick--;

        assertThat(lasts(chart("r_total", null, "status"))).isEqualTo(Map.of(Map.of("status", "200"), 3.0, Map.of("status", "500"), 1.0));
        assertThat(lasts(chart("r_total", null, ""))).as("an empty label means one group").hasSize(1);
        assertThat(lasts(chart("r_total", null, null)).keySet()).as("a few series are shown separately, with the labels that differ")
                .contains(Map.of("status", "500", "uri", "/b")).hasSize(3);
        assertThat(lasts(chart("r_total", null, "status", "uri", "/b")))
                .isEqualTo(Map.of(Map.of("status", "200"), 2.0, Map.of("status", "500"), 1.0));
        assertThat(chart("r_total", null, null, "uri", "/b").labels()).as("all labels, whatever the filter is")
                .isEqualTo(Map.of("service", Set.of("gateway"), "status", Set.of("200", "500"), "uri", Set.of("/a", "/b")));
    }

    @Test
    void shouldGroupManySeriesByService() throws Exception {
        for (tick = 0; tick < 3; tick++) {
            for (var service : List.of("currency", "gateway")) {
                scrape(service, IntStream.range(0, 10).mapToObj("m{pool=\"%d\"} 3"::formatted).collect(Collectors.joining("\n")));
            }
        }
        tick--;

        assertThat(lasts(chart("m", null, null)))
                .isEqualTo(Map.of(Map.of("service", "currency"), 30.0, Map.of("service", "gateway"), 30.0));
    }

    @Test
    void shouldInterpolateQuantilesInTheBucketsOfAllSeries() throws Exception {
        for (tick = 0; tick < 20; tick++) {
            // Of the hundred measurements in each tick, fifty took up to 0.1 s, and ninety up to 0.5 s.
            for (var service : List.of("a", "b")) {
                scrape(service, """
                        # TYPE d_seconds histogram
                        d_seconds_bucket{le="0.1"} %d
                        d_seconds_bucket{le="0.5"} %d
                        d_seconds_bucket{le="+Inf"} %d
                        d_seconds_count %d
                        d_seconds_sum %d""".formatted(25 * tick, 45 * tick, 50 * tick, 50 * tick, 20 * tick));
            }
        }
        tick--;

        var quantiles = chart("d_seconds", null, null);
        assertThat(quantiles.kind()).isEqualTo(Kind.HISTOGRAM);
        assertThat(quantiles.unit()).isEqualTo("seconds");
        var byName = lasts(quantiles);
        assertThat(byName.get(Map.of("quantile", "p50"))).isCloseTo(0.1, within(1e-9));
        assertThat(byName.get(Map.of("quantile", "p95"))).as("values beyond the last bound are unknown").isEqualTo(0.5);
        assertThat(lasts(chart("d_seconds", Show.P95, "service"))).containsOnlyKeys(Map.of("service", "a"), Map.of("service", "b"));
        assertThat(lasts(chart("d_seconds", Show.MEAN, ""))).containsValue(0.4);
        assertThat(lasts(chart("d_seconds", Show.RATE, "service", "service", "a"))).containsValue(25.0);
    }

    @Test
    void shouldHaveNoPointsWithoutMeasurements() throws Exception {
        for (tick = 0; tick < 20; tick++) {
            scrape("a", "d_seconds_bucket{le=\"+Inf\"} 5\nd_seconds_count 5\nd_seconds_sum 1");
        }
        tick--;

        assertThat(chart("d_seconds", null, null).lines()).isEmpty();
        assertThat(chart("d_seconds", Show.MEAN, null).lines()).isEmpty();
    }

    @Test
    void shouldShowAGaugeWithItsGaps() throws Exception {
        for (tick = 0; tick < 40; tick++) {
            if (tick < 10 || tick >= 20) {
                scrape("a", "# HELP used_bytes How much is used\nused_bytes " + tick);
            }
        }
        tick--;

        var chart = chart("used_bytes", null, null);
        assertThat(chart.kind()).isEqualTo(Kind.GAUGE);
        assertThat(chart.help()).isEqualTo("How much is used");
        assertThat(chart.unit()).isEqualTo("bytes");
        assertThat(chart.lines().getFirst().points()).extracting(point -> ((long) point[0] - START) / SeriesStore.TICK_MILLIS)
                .containsExactly(0L, 2L, 4L, 6L, 8L, 20L, 22L, 24L, 26L, 28L, 30L, 32L, 34L, 36L, 38L);
    }

    @Test
    void shouldShowTheHighestLinesAndTheNumberOfOthers() throws Exception {
        for (tick = 0; tick < 2; tick++) {
            scrape("a", IntStream.range(0, 50).mapToObj(i -> "m{id=\"%d\"} %d".formatted(i, i)).collect(Collectors.joining("\n")));
        }
        tick--;

        var chart = chart("m", null, "*");
        assertThat(chart.lines()).hasSize(Chart.MAX_LINES).extracting(ChartTest::last).contains(49.0, 38.0).doesNotContain(37.0);
        assertThat(chart.leftOut()).isEqualTo(38);
    }

    @Test
    void shouldShowExemplarsWhoseTracesAreStored() throws Exception {
        tick = 5;
        scrape("a",
                "d_seconds_bucket{uri=\"/x\",le=\"0.1\"} 1 # {trace_id=\"kept1\"} 0.07 %s\nd_seconds_bucket{uri=\"/x\",le=\"+Inf\"} 2 # {trace_id=\"gone\"} 3.0 %s\nd_seconds_count{uri=\"/x\"} 2\nd_seconds_sum{uri=\"/x\"} 3"
                        .formatted(now() / 1000.0, now() / 1000.0));

        assertThat(chart("d_seconds", null, null).exemplars())
                .containsExactly(new Chart.Exemplar("kept1", 0.07, now(), Map.of("service", "a", "uri", "/x")));
        assertThat(chart("d_seconds", Show.RATE, null).exemplars()).as("a duration has no place among rates").isEmpty();
    }

    @Test
    void shouldShowMetricsThatArePushedOnceAMinute() {
        int minute = 30;
        for (tick = 1; tick <= 121; tick += minute) {
            series.push("own", now(), List.of(push("sent_total", tick * 2), push("sent_length", tick)));
        }
        tick += minute / 2 - minute;

        var rates = chart("sent_total", Show.RATE, null).lines().getFirst().points();
        assertThat(rates).hasSize(60).allSatisfy(point -> assertThat((double) point[1]).isCloseTo(1, within(1e-9)));
        var values = chart("sent_length", null, null).lines().getFirst().points();
        assertThat(values).hasSize(68);
        assertThat(values.getLast()[1]).as("the last value remains valid").isEqualTo(121.0);
    }

    private static SeriesStore.Push push(String name, double value) {
        return new SeriesStore.Push(List.of(new Sample(name + "{}", name, List.of(), value, Optional.empty())), false);
    }

    /** An earlier version needed 36 MB, for an array per series and 200 groups with all their buckets. */
    @Test
    void shouldShowThousandsOfSeriesInLittleMemory() throws Exception {
        var many = new SeriesStore(6000, SeriesStore.MAX_BYTES);
        var text = new StringBuilder("up 1\nd_seconds_count 1\nd_seconds_sum 1\n");
        for (int i = 0; i < 250; i++) {
            for (int le = 1; le <= 20; le++) {
                text.append("d_seconds_bucket{uri=\"/").append(i).append("\",le=\"").append(le).append("\"} ").append(le).append('\n');
            }
        }
        var samples = PrometheusText.parse(text.toString()).samples();
        many.add("a", START - SeriesStore.TICK_MILLIS, PrometheusText.parse("up 1\n").samples());
        many.add("a", START, samples);
        var question = new Chart.Question("d_seconds", Optional.of(Show.P95), Optional.of("uri"), Map.of(), Long.MIN_VALUE);
        Chart.of(many, question, _ -> false, START);
        var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();

        var chart = Chart.of(many, question, _ -> false, START);

        assertThat(chart.lines()).hasSize(Chart.MAX_LINES).allSatisfy(line -> assertThat(last(line)).isCloseTo(19, within(0.5)));
        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(20_000_000);
    }

    @Test
    void shouldRefuseAnUnsuitableRepresentation() throws Exception {
        scrape("a", "m 1");

        assertThatThrownBy(() -> chart("m", Show.QUANTILES, null)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("value");
        assertThat(chart("unheard_of", null, null)).satisfies(chart -> assertThat(chart.lines()).isEmpty())
                .satisfies(chart -> assertThat(chart.labels()).isEmpty());
    }

    @Test
    void shouldListAHistogramOnce() throws Exception {
        scrape("a",
                "d_seconds_bucket{le=\"+Inf\"} 1\nd_seconds_count 1\nd_seconds_sum 1\nd_seconds_max 1\ns_count 1\ns_sum 1\nlone_count 1\n"
                        + "# TYPE hits counter\n# HELP hits Of a cache\nhits_total 1");

        assertThat(MetricName.all(series)).containsExactly(
                new MetricName("d_seconds", Kind.HISTOGRAM, "seconds", ""),
                new MetricName("d_seconds_max", Kind.GAUGE, "seconds", ""),
                new MetricName("hits_total", Kind.COUNTER, "", "Of a cache"),
                new MetricName("lone_count", Kind.GAUGE, "", ""),
                new MetricName("s", Kind.SUMMARY, "", ""),
                new MetricName("up", Kind.GAUGE, "", ""));
    }
}
