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
 * A metric over the last 15 minutes, as lines to draw: rates of counters, quantiles of histograms, values of gauges.
 *
 * @param shows how this kind of metric can be drawn
 * @param by the label by which series were put together; {@code *}: not at all, empty: all
 * @param labels of all series of the metric, each with its values; at most {@value #MAX_LABEL_VALUES} of each
 * @param leftOut lines that were not drawn, being the lowest
 * @param exemplars the newest requests that the series name and the console still has
 */
public record Chart(String name, Kind kind, String help, @Schema(description = "Of the points; rates are per second") String unit,
        Show show, List<Show> shows, String by, SortedMap<String, SortedSet<String>> labels, List<Line> lines, int leftOut,
        List<Exemplar> exemplars) {

    public static final int MAX_LINES = 12;
    static final int MAX_LABEL_VALUES = 100;
    static final String EACH = "*";

    /** What is drawn. */
    public enum Show {
        /** Of a gauge, or of a counter since its process began. */
        VALUE,
        /** How many a second. */
        RATE,
        /** The sum of what was measured by the number of measurements. */
        MEAN,
        /** The 50th, 95th and 99th percentile of all that was measured, interpolated in the buckets as PromQL's histogram_quantile does. */
        QUANTILES,
        /** The 95th percentile, a line a group. */
        P95
    }

    /** @param labels what tells it from the other lines; a quantile is the label {@code quantile} */
    public record Line(Map<String, String> labels,
            @Schema(description = "[milliseconds since the epoch, value]") List<Object[]> points) {}

    /** @param labels of the series that named it */
    @Schema(name = "ChartExemplar")
    public record Exemplar(String traceId, double value, long epochMs, Map<String, String> labels) {}

    /**
     * What is asked for.
     *
     * @param show empty: what is usual for the kind
     * @param by empty: by itself; see {@link Chart#by}
     */
    public record Question(String name, Optional<Show> show, Optional<String> by, Map<String, String> labels, long sinceMillis) {}

    /** Whether the trace of this id can still be shown. */
    @FunctionalInterface
    public interface KnownTraces {
        boolean has(String traceId);
    }

    /**
     * Without lines and labels if no series has this name.
     *
     * @throws IllegalArgumentException if this kind of metric cannot be shown so
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
