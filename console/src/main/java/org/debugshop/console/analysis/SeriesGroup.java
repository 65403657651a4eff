package org.debugshop.console.analysis;

import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import org.debugshop.console.store.SeriesStore;

/**
 * The series that form one line of a {@link Chart}, or three lines of quantiles: their sums, with a number for each tick of the
 * window.
 *
 * <pre>
 * series of the name          what each tick added                      a point every two ticks, of the last ten
 *  {uri="/a",le="0.1"} ●─┐
 *  {uri="/b",le="0.1"} ●─┴─▶ le 0.1 ▁▂▁▁▃ ─┐
 *  {uri="/a",le="0.5"} ●───▶ le 0.5 ▁▁▁▂▁ ─┴─▶ p50, p95, p99
 * </pre>
 */
final class SeriesGroup {

    static final int TICKS = SeriesStore.WINDOW_TICKS;
    /** Ten ticks (20 seconds): the period for a rate or a quantile. */
    private static final int WINDOW = 10;
    /** Five minutes: how long a pushed value remains valid. */
    private static final int LOOK_BACK = 150;
    /** The only part of a metric that isn't a histogram. */
    static final double UNBOUNDED = Double.POSITIVE_INFINITY;

    private final Map<String, String> labels;
    /** The parts, by the upper bound of a bucket. */
    private final TreeMap<Double, double[]> parts = new TreeMap<>();
    private double[] divisor;
    /** Whether a series is scraped, so that it has a value at each tick while its service runs. */
    private boolean scraped;
    private int firstValue = TICKS;
    private int lastValue;

    /** @param labels the labels of the line */
    SeriesGroup(Map<String, String> labels) {
        this.labels = labels;
    }

    Map<String, String> labels() {
        return labels;
    }

    /** Adds the values of a gauge; see {@link #addIncreases} for the parameters. */
    void addValues(double bound, double[] values, OptionalInt scrapedFrom) {
        note(values, scrapedFrom);
        double[] sum = part(bound, Double.NaN);
        int lookBack = scrapedFrom.isPresent() ? 0 : LOOK_BACK;
        double value = Double.NaN;
        int age = 0;
        // Missing values are not zero: if no series has a value, there is no point.
        for (int i = 0; i < TICKS; i++) {
            age = Double.isNaN(values[i]) ? age + 1 : 0;
            value = age == 0 ? values[i] : value;
            if (age <= lookBack && !Double.isNaN(value)) {
                sum[i] = Double.isNaN(sum[i]) ? value : sum[i] + value;
            }
        }
    }

    /**
     * Adds the increases of a counter at each tick.
     *
     * @param bound the upper bound of a bucket, or {@link #UNBOUNDED}
     * @param scrapedFrom the first tick at which its service was scraped; empty if the values were pushed
     */
    void addIncreases(double bound, double[] values, OptionalInt scrapedFrom) {
        add(part(bound, 0), values, scrapedFrom);
    }

    /** Adds the increases of the divisor of a mean. */
    void addToDivisor(double[] values, OptionalInt scrapedFrom) {
        if (divisor == null) {
            divisor = new double[TICKS];
        }
        add(divisor, values, scrapedFrom);
    }

    private void add(double[] sum, double[] values, OptionalInt scrapedFrom) {
        note(values, scrapedFrom);
        if (scrapedFrom.isPresent()) {
            addIncreases(values, sum, scrapedFrom.getAsInt());
        } else {
            spreadIncreases(values, sum);
        }
    }

    private void note(double[] values, OptionalInt scrapedFrom) {
        scraped |= scrapedFrom.isPresent();
        firstValue = Math.min(firstValue, first(values));
        lastValue = Math.max(lastValue, last(values));
    }

    private double[] part(double bound, double beginning) {
        return parts.computeIfAbsent(bound, _ -> {
            double[] part = new double[TICKS];
            Arrays.fill(part, beginning);
            return part;
        });
    }

    private static void addIncreases(double[] values, double[] sum, int scrapedFrom) {
        int first = first(values);
        // A counter appears with its first increase, unless it is as old as the oldest values of its service.
        var increases = new Increases(first < TICKS && first > scrapedFrom);
        for (int i = first; i < TICKS; i++) {
            if (!Double.isNaN(values[i])) {
                sum[i] += increases.next(values[i]);
            }
        }
    }

    /**
     * Distributes an increase over the ticks since the previous value: a service that pushes once a minute counted during the whole
     * minute.
     */
    private static void spreadIncreases(double[] values, double[] sum) {
        int last = TICKS;
        for (int i = first(values); i < TICKS; i++) {
            if (!Double.isNaN(values[i])) {
                if (last < i) {
                    double increase = Increases.between(values[last], values[i]);
                    for (int j = last + 1; j <= i; j++) {
                        sum[j] += increase / (i - last);
                    }
                }
                last = i;
            }
        }
    }

    /** Returns the sum of the gauges at a tick; NaN if all are missing. */
    double value(int tick) {
        return parts.firstEntry().getValue()[tick];
    }

    /**
     * Returns the rate per second at a tick, over the part of the window that has data.
     *
     * @param scrapedFrom the first tick at which the services of the line were scraped
     */
    IntToDoubleFunction rate(int scrapedFrom) {
        double[] increases = part(UNBOUNDED, 0);
        if (!scraped) {
            return tick -> tick <= firstValue || tick > lastValue
                    ? Double.NaN
                    : sum(increases, tick) / (Math.min(WINDOW, tick - firstValue) * SeriesStore.TICK_MILLIS / 1000.0);
        }
        return tick -> {
            int known = Math.min(WINDOW, tick - scrapedFrom);
            return known < 1 ? Double.NaN : sum(increases, tick) / (known * SeriesStore.TICK_MILLIS / 1000.0);
        };
    }

    /** Returns the mean of the measurements in the window before a tick; NaN if there were none. */
    double mean(int tick) {
        double count = divisor == null ? 0 : sum(divisor, tick);
        return count == 0 ? Double.NaN : sum(part(UNBOUNDED, 0), tick) / count;
    }

    /** Returns the quantile of the measurements in the window before a tick; NaN if there were none. Buckets are cumulative. */
    double quantile(double quantile, int tick) {
        double all = sum(parts.lastEntry().getValue(), tick);
        if (all <= 0) {
            return Double.NaN;
        }
        double rank = quantile * all;
        double lower = 0;
        double below = 0;
        for (var bucket : parts.entrySet()) {
            double upTo = sum(bucket.getValue(), tick);
            if (upTo >= rank) {
                double bound = bucket.getKey();
                if (bound == Double.POSITIVE_INFINITY) {
                    return lower;
                }
                return upTo == below ? bound : lower + (bound - lower) * (rank - below) / (upTo - below);
            }
            lower = bucket.getKey();
            below = upTo;
        }
        return lower;
    }

    private static double sum(double[] increases, int end) {
        double sum = 0;
        for (int i = Math.max(0, end - WINDOW + 1); i <= end; i++) {
            sum += increases[i];
        }
        return sum;
    }

    /** Returns the tick of the first value; the number of ticks if there is none. */
    static int first(double[] values) {
        int i = 0;
        while (i < values.length && Double.isNaN(values[i])) {
            i++;
        }
        return i;
    }

    private static int last(double[] values) {
        int i = values.length - 1;
        while (i > 0 && Double.isNaN(values[i])) {
            i--;
        }
        return i;
    }
}
