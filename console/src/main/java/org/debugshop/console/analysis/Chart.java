package org.debugshop.console.analysis;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import org.debugshop.console.analysis.MetricName.Kind;
import org.debugshop.console.store.SeriesStore;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A metric over the last 15 minutes, as lines: rates of counters, quantiles of histograms, values of gauges.
 *
 * @param shows the possible representations of this kind of metric
 * @param by the label by which series are grouped; {@code *} for no grouping, empty for one group of all series
 * @param labels the labels of all series of the metric, with their values; at most {@value #MAX_LABEL_VALUES} of each
 * @param leftOut the number of lines that are left out, which are the lowest
 * @param exemplars the newest exemplars whose trace the console still has
 */
public record Chart(String name, Kind kind, String help, @Schema(description = "The unit of the points; rates are per second") String unit,
        Show show, List<Show> shows, String by, SortedMap<String, SortedSet<String>> labels, List<Line> lines, int leftOut,
        List<Exemplar> exemplars) {

    public static final int MAX_LINES = 12;
    static final int MAX_LABEL_VALUES = 100;
    static final String EACH = "*";

    /** A representation of a metric. */
    public enum Show {
        /** The value of a gauge, or the total of a counter since its process started. */
        VALUE,
        /** The increase per second. */
        RATE,
        /** The sum of the measurements divided by their number. */
        MEAN,
        /** The 50th, 95th and 99th percentile, interpolated in the buckets like PromQL's histogram_quantile. */
        QUANTILES,
        /** The 95th percentile, with one line per group. */
        P95
    }

    /** @param labels the labels that distinguish this line; a quantile is the label {@code quantile} */
    public record Line(Map<String, String> labels,
            @Schema(description = "[milliseconds since the epoch, value]") List<Object[]> points) {}

    /** @param labels the labels of the exemplar's series */
    @Schema(name = "ChartExemplar")
    public record Exemplar(String traceId, double value, long epochMs, Map<String, String> labels) {}

    /**
     * A request for a chart.
     *
     * @param show empty for the usual representation of the kind of metric
     * @param by empty for an automatic choice; see {@link Chart#by}
     */
    public record Question(String name, Optional<Show> show, Optional<String> by, Map<String, String> labels, long sinceMillis) {}

    /** Returns whether the console still has the trace with this id. */
    @FunctionalInterface
    public interface KnownTraces {
        boolean has(String traceId);
    }

    /**
     * Builds a chart. It has no lines and labels if no series has this name.
     *
     * @throws IllegalArgumentException if this kind of metric has no such representation
     */
    public static Chart of(SeriesStore series, Question question, KnownTraces traces, long nowMillis) {
        var metric = MetricName.of(question.name(), new HashSet<>(series.names()), series);
        return new ChartBuilder(series, question, metric, nowMillis).chart(traces);
    }

    static List<Show> shows(Kind kind) {
        return switch (kind) {
            case HISTOGRAM -> List.of(Show.QUANTILES, Show.P95, Show.RATE, Show.MEAN);
            case SUMMARY -> List.of(Show.RATE, Show.MEAN);
            case COUNTER -> List.of(Show.RATE, Show.VALUE);
            case GAUGE -> List.of(Show.VALUE);
        };
    }
}
