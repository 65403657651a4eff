package org.debugshop.console.diagnosis;

import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The figures of the last minute, in buckets of five seconds. It is computed anew from the stored traces each time. */
final class Window {

    static final int BUCKETS = 12;
    static final long BUCKET_NANOS = 5_000_000_000L;
    static final int MAX_KEYS = 6000;

    /** The buckets of a key, oldest first; a bucket without requests is null. */
    private final Map<Key, Sums[]> figures = new HashMap<>();
    private final boolean[] used = new boolean[BUCKETS];
    private final ToDoubleFunction<Key> slowAbove;
    /** The number of the bucket after the newest, counted from the epoch. */
    final long end;

    /** @param slowAbove the duration in milliseconds above which a request counts as slow */
    Window(long end, ToDoubleFunction<Key> slowAbove) {
        this.end = end;
        this.slowAbove = slowAbove;
    }

    static long bucket(long nanos) {
        return Math.floorDiv(nanos, BUCKET_NANOS);
    }

    /** Returns the place of a time; negative if it is too old. What is newer than now counts as now. */
    int place(long nanos) {
        return (int) Math.max(-1, Math.min(BUCKETS - 1, bucket(nanos) - (end - BUCKETS)));
    }

    /** Returns the sums to add to; null if the time is too old or there are too many keys. */
    Sums at(Key key, int place) {
        if (place < 0) {
            return null;
        }
        var buckets = figures.get(key);
        if (buckets == null) {
            if (figures.size() >= MAX_KEYS) {
                return null;
            }
            buckets = new Sums[BUCKETS];
            figures.put(key, buckets);
        }
        used[place] = true;
        if (buckets[place] == null) {
            buckets[place] = new Sums();
        }
        return buckets[place];
    }

    /** Counts a request. @param failed whether it failed @param refused whether it was the caller's mistake */
    Sums add(Key key, int place, double millis, boolean failed, boolean refused) {
        var sums = at(key, place);
        if (sums != null) {
            double log = Math.log(Math.max(0.05, millis));
            sums.values[Sums.COUNT]++;
            sums.values[Sums.FAILED] += failed ? 1 : 0;
            sums.values[Sums.REFUSED] += refused ? 1 : 0;
            sums.values[Sums.MILLIS] += millis;
            sums.values[Sums.LOG] += log;
            sums.values[Sums.LOG_SQUARE] += log * log;
            sums.values[Sums.SLOW] += millis > slowAbove.applyAsDouble(key) ? 1 : 0;
        }
        return sums;
    }

    /** Counts something that has no duration, or a part of one. */
    void add(Key key, int place, double millis) {
        var sums = at(key, place);
        if (sums != null) {
            sums.values[Sums.COUNT]++;
            sums.values[Sums.MILLIS] += millis;
        }
    }

    /** Returns whether anything happened in a bucket. */
    boolean isUsed(int place) {
        return used[place];
    }

    /** Returns whether a component handled a request. */
    boolean handlesRequests(String component) {
        return figures.keySet().stream().anyMatch(key -> key.what() == Key.What.REQUEST && key.component().equals(component));
    }

    Iterable<Key> keys() {
        return figures.keySet();
    }

    boolean has(Key key) {
        return figures.containsKey(key);
    }

    /** Returns the sums of the buckets from one place to before another. */
    Sums sum(Key key, int from, int to) {
        return sum(key, weights(from, to, 0));
    }

    /** Returns weights for {@link #sum}: 1 for the newest bucket, half as much after so many buckets; 1 for all if that is 0. */
    static double[] weights(int from, int to, double halfLife) {
        var weights = new double[BUCKETS];
        for (int i = Math.max(0, from); i < to; i++) {
            weights[i] = halfLife == 0 ? 1 : Math.pow(0.5, (to - 1 - i) / halfLife);
        }
        return weights;
    }

    /** Returns the weighted sums of the buckets. */
    Sums sum(Key key, double[] weights) {
        var sum = new Sums();
        var buckets = figures.get(key);
        for (int i = 0; buckets != null && i < BUCKETS; i++) {
            if (buckets[i] != null && weights[i] != 0) {
                sum.add(buckets[i], weights[i]);
            }
        }
        return sum;
    }
}
