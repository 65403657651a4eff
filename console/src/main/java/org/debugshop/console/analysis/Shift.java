package org.debugshop.console.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.debugshop.console.store.Requests.Request;

/**
 * A lasting move of what requests are like, away from what they were before: the latest one, if there is any.
 *
 * <pre>
 * requests   . . . . . . . . . . . . x . x x x x x x     x: failed
 *            └─ before: 0 of 12 ───┘ └ after: 7 of 8    began with the first x
 * </pre>
 *
 * The place is the split that makes both sides most likely, the share of errors (or the mean of the logarithm of the durations) being
 * constant on each. Both sides are then split further, as long as that explains enough. It takes {@value #MIN_BEFORE} requests before and
 * {@value #MIN_AFTER_ERRORS} or {@value #MIN_AFTER_LATENCY} after to say anything, and a move that chance makes less than once in
 * thousands of looks.
 *
 * @param began nanoseconds since the epoch: the start of the first request that is different
 * @param before the share of errors from 0 to 1, or the median in milliseconds
 * @param recovered whether it is the way back to what was usual before the last move
 */
public record Shift(long began, double before, double after, int requestsBefore, int requestsAfter, boolean recovered) {

    public static final int MIN_BEFORE = 20;
    static final int MIN_AFTER_ERRORS = 5;
    static final int MIN_AFTER_LATENCY = 12;
    /** How many times likelier the two sides must be than the whole, as a natural logarithm. */
    private static final double ENOUGH = 12;
    private static final double LEAST_SHARE = 0.05;
    private static final double LEAST_FACTOR = 2;
    private static final double LEAST_MILLIS = 5;
    private static final int MAX_SPLITS = 8;

    /** A move of the share of errors, in either direction. @param requests by their start */
    public static Optional<Shift> ofErrors(List<Request> requests) {
        return latest(requests, request -> request.error() ? 1 : 0, Shift::bernoulli, MIN_AFTER_ERRORS, Shift::share,
                (before, after) -> Math.abs(after - before) >= LEAST_SHARE, (from, to) -> Math.abs(to - from) <= LEAST_SHARE)
                .map(shift -> shift.after > shift.before ? shift.beganWithFirstError(requests) : shift);
    }

    /**
     * A rise of the duration of requests that did not fail, or the way back from one. That they become quicker without having been slow,
     * as after a start, is no news.
     *
     * @param requests by their start
     */
    public static Optional<Shift> ofLatency(List<Request> requests) {
        var successes = requests.stream().filter(request -> !request.error()).toList();
        return latest(successes, request -> Math.log(Math.max(1, request.durationNanos())), Shift::gaussian, MIN_AFTER_LATENCY, Shift::median,
                (before, after) -> Math.max(before, after) / Math.max(1e-6, Math.min(before, after)) >= LEAST_FACTOR
                        && Math.abs(after - before) >= LEAST_MILLIS,
                (from, to) -> to <= from * LEAST_FACTOR)
                .filter(shift -> shift.after > shift.before || shift.recovered);
    }

    /** Says whether two sides differ enough to be worth a word, or are as good as the same. */
    @FunctionalInterface
    private interface Compare {
        boolean test(double one, double other);
    }

    /** The logarithm of how likely these are, given the best constant. */
    @FunctionalInterface
    private interface Likelihood {
        double of(double sum, double squares, int count);
    }

    private static Optional<Shift> latest(List<Request> requests, ToDoubleFunction<Request> value, Likelihood likelihood, int minAfter,
            ToDoubleFunction<List<Request>> level, Compare differ, Compare same) {
        var sums = new double[requests.size() + 1];
        var squares = new double[requests.size() + 1];
        for (int i = 0; i < requests.size(); i++) {
            double each = value.applyAsDouble(requests.get(i));
            sums[i + 1] = sums[i] + each;
            squares[i + 1] = squares[i] + each * each;
        }
        var splits = new ArrayList<Integer>();
        split(0, requests.size(), sums, squares, likelihood, minAfter, splits);
        splits.sort(null);
        // Of splits that are not worth a word the sides count as one.
        var ends = new ArrayList<>(splits);
        ends.addFirst(0);
        ends.addLast(requests.size());
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
        return Optional.of(new Shift(after.getFirst().startNanos(), level.applyAsDouble(before), levelAfter, before.size(), after.size(),
                recovered));
    }

    /** Collects where the requests from..to fall apart. */
    private static void split(int from, int to, double[] sums, double[] squares, Likelihood likelihood, int minAfter, List<Integer> splits) {
        // The first side ever seen is what is usual, and needs more; a later one may be as short as a failure.
        int minBefore = from == 0 ? MIN_BEFORE : minAfter;
        double whole = likelihood.of(sums[to] - sums[from], squares[to] - squares[from], to - from);
        int best = -1;
        double most = ENOUGH;
        for (int at = from + minBefore; at <= to - minAfter; at++) {
            double gain = likelihood.of(sums[at] - sums[from], squares[at] - squares[from], at - from)
                    + likelihood.of(sums[to] - sums[at], squares[to] - squares[at], to - at) - whole;
            if (gain > most) {
                most = gain;
                best = at;
            }
        }
        if (best < 0 || splits.size() >= MAX_SPLITS) {
            return;
        }
        splits.add(best);
        split(from, best, sums, squares, likelihood, minAfter, splits);
        split(best, to, sums, squares, likelihood, minAfter, splits);
    }

    private static double bernoulli(double errors, double squares, int count) {
        double share = errors / count;
        return share <= 0 || share >= 1 ? 0 : errors * Math.log(share) + (count - errors) * Math.log(1 - share);
    }

    private static double gaussian(double sum, double squares, int count) {
        // Durations are never more alike than by a tenth or so; without a floor, a few equal ones would be a discovery.
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

    private Shift beganWithFirstError(List<Request> requests) {
        long first = requests.stream().filter(request -> request.startNanos() >= began && request.error()).mapToLong(Request::startNanos)
                .findFirst().orElse(began);
        return new Shift(first, before, after, requestsBefore, requestsAfter, recovered);
    }
}
