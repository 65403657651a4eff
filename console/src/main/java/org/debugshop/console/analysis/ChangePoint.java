package org.debugshop.console.analysis;

import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.debugshop.console.analysis.Requests.Request;

/**
 * The latest lasting change of the error share or the latency of requests.
 *
 * <pre>
 * requests   . . . . . . . . . . . . x . x x x x x x     x: failed
 *            └─ before: 0 of 12 ───┘ └ after: 7 of 8    began with the first x
 * </pre>
 *
 * The requests are cut into segments so that the likelihood is highest, with a constant error share (or a constant mean logarithm
 * of the durations) in each segment, and each cut must improve the likelihood enough (optimal partitioning: Jackson et al., 2005).
 * A change needs {@value #MIN_BEFORE} requests before it and {@value #MIN_AFTER_ERRORS} or {@value #MIN_AFTER_LATENCY} after it,
 * and must be unlikely to be chance.
 *
 * @param began the start of the first request after the change, in nanoseconds since the epoch
 * @param before the error share from 0 to 1, or the median latency in milliseconds
 * @param recovered whether this is the return to the level before the previous change
 */
public record ChangePoint(long began, double before, double after, int requestsBefore, int requestsAfter, boolean recovered) {

    public static final int MIN_BEFORE = 20;
    static final int MIN_AFTER_ERRORS = 5;
    static final int MIN_AFTER_LATENCY = 12;
    /** The minimum gain of a cut, as the natural logarithm of the likelihood ratio. */
    private static final double ENOUGH = 10;
    private static final double LEAST_SHARE = 0.05;
    private static final double LEAST_FACTOR = 2;
    private static final double LEAST_MILLIS = 5;
    /**
     * How many of the newest requests are possible cuts each. Older ones are thinned out, which limits the work for any number of
     * requests.
     */
    private static final int NEWEST = 64;
    private static final int OTHERS = 96;

    /** Finds a change of the error share, in either direction. @param requests sorted by their start */
    public static Optional<ChangePoint> ofErrors(List<Request> requests) {
        return latest(requests, request -> request.error() ? 1 : 0, ChangePoint::bernoulli, MIN_AFTER_ERRORS, ChangePoint::share,
                (before, after) -> Math.abs(after - before) >= LEAST_SHARE, (from, to) -> Math.abs(to - from) <= LEAST_SHARE)
                .map(changePoint -> changePoint.after > changePoint.before ? changePoint.beganWithFirstError(requests) : changePoint);
    }

    /**
     * Finds a rise of the latency of successful requests, or the recovery from one. If requests become faster without having been
     * slow, as after a start, that isn't a change.
     *
     * @param requests sorted by their start
     */
    public static Optional<ChangePoint> ofLatency(List<Request> requests) {
        var successes = requests.stream().filter(request -> !request.error()).toList();
        return latest(successes, request -> Math.log(Math.max(1, request.durationNanos())), ChangePoint::gaussian, MIN_AFTER_LATENCY,
                ChangePoint::median,
                (before, after) -> Math.max(before, after) / Math.max(1e-6, Math.min(before, after)) >= LEAST_FACTOR
                        && Math.abs(after - before) >= LEAST_MILLIS,
                (from, to) -> to <= from * LEAST_FACTOR)
                .filter(changePoint -> changePoint.after > changePoint.before || changePoint.recovered);
    }

    /** Compares two segments: whether they differ enough to be reported, or are practically equal. */
    @FunctionalInterface
    private interface Compare {
        boolean test(double one, double other);
    }

    /** The log-likelihood of a segment, given its best constant. */
    @FunctionalInterface
    private interface Likelihood {
        double of(double sum, double squares, int count);
    }

    private static Optional<ChangePoint> latest(List<Request> requests, ToDoubleFunction<Request> value, Likelihood likelihood,
            int minAfter,
            ToDoubleFunction<List<Request>> level, Compare differ, Compare same) {
        var sums = new double[requests.size() + 1];
        var squares = new double[requests.size() + 1];
        for (int i = 0; i < requests.size(); i++) {
            double number = value.applyAsDouble(requests.get(i));
            sums[i + 1] = sums[i] + number;
            squares[i + 1] = squares[i] + number * number;
        }
        var ends = cut(places(requests.size()), sums, squares, likelihood, minAfter);
        // Merge segments whose levels don't differ enough.
        for (int i = 1; i < ends.size() - 1;) {
            double before = level.applyAsDouble(requests.subList(ends.get(i - 1), ends.get(i)));
            double after = level.applyAsDouble(requests.subList(ends.get(i), ends.get(i + 1)));
            if (differ.test(before, after)) {
                i++;
            } else {
                ends.remove(i);
            }
        }
        if (ends.size() < 3) {
            return Optional.empty();
        }
        int last = ends.size() - 2;
        var before = requests.subList(ends.get(last - 1), ends.get(last));
        var after = requests.subList(ends.get(last), ends.get(last + 1));
        double levelAfter = level.applyAsDouble(after);
        boolean recovered = last > 1 && levelAfter < level.applyAsDouble(before)
                && same.test(level.applyAsDouble(requests.subList(ends.get(last - 2), ends.get(last - 1))), levelAfter);
        return Optional
                .of(new ChangePoint(after.getFirst().startNanos(), level.applyAsDouble(before), levelAfter, before.size(), after.size(),
                        recovered));
    }

    /** Returns the possible cuts, including the start and the end. */
    private static int[] places(int count) {
        int coarse = Math.max(0, count - NEWEST);
        int blocks = Math.min(coarse, OTHERS);
        var places = new int[blocks + count - coarse + 1];
        for (int i = 0; i < places.length; i++) {
            places[i] = i <= blocks ? (int) ((long) coarse * i / Math.max(1, blocks)) : coarse + i - blocks;
        }
        return places;
    }

    /** Returns the ends of the segments, including the start. */
    private static List<Integer> cut(int[] places, double[] sums, double[] squares, Likelihood likelihood, int minAfter) {
        var best = new double[places.length];
        var before = new int[places.length];
        for (int end = 1; end < places.length; end++) {
            best[end] = Double.NEGATIVE_INFINITY;
            for (int begin = 0; begin < end; begin++) {
                int to = places[end];
                int from = places[begin];
                // The first segment is the baseline and needs more requests; a later one may be as short as a failure.
                if (to - from < (begin == 0 ? MIN_BEFORE : minAfter) || best[begin] == Double.NEGATIVE_INFINITY) {
                    continue;
                }
                double whole = best[begin] - (begin == 0 ? 0 : ENOUGH)
                        + likelihood.of(sums[to] - sums[from], squares[to] - squares[from], to - from);
                if (whole > best[end]) {
                    best[end] = whole;
                    before[end] = begin;
                }
            }
        }
        var ends = new LinkedList<Integer>();
        int last = places.length - 1;
        if (best[last] > Double.NEGATIVE_INFINITY) {
            for (int end = last; end > 0; end = before[end]) {
                ends.addFirst(places[end]);
            }
        }
        ends.addFirst(0);
        return new ArrayList<>(ends);
    }

    private static double bernoulli(double errors, double squares, int count) {
        double share = errors / count;
        return share <= 0 || share >= 1 ? 0 : errors * Math.log(share) + (count - errors) * Math.log(1 - share);
    }

    private static double gaussian(double sum, double squares, int count) {
        // Real durations vary by a tenth or so. Without this minimum, a few equal durations would count as a change.
        double variance = Math.max(0.02, squares / count - sum / count * (sum / count));
        return -0.5 * count * Math.log(variance);
    }

    private static double share(List<Request> requests) {
        return (double) requests.stream().filter(Request::error).count() / requests.size();
    }

    private static double median(List<Request> requests) {
        long[] sorted = requests.stream().mapToLong(Request::durationNanos).sorted().toArray();
        return sorted[(sorted.length - 1) / 2] / 1e6;
    }

    private ChangePoint beganWithFirstError(List<Request> requests) {
        long first = requests.stream().filter(request -> request.startNanos() >= began && request.error()).mapToLong(Request::startNanos)
                .findFirst().orElse(began);
        return new ChangePoint(first, before, after, requestsBefore, requestsAfter, recovered);
    }
}
