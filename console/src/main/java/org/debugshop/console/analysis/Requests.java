package org.debugshop.console.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/** Collects requests to compute {@link RequestStatistics}. All are kept until then, so percentiles are exact. */
public final class Requests {

    /** A request. Times are in nanoseconds, the start since the epoch. */
    public record Request(long startNanos, long durationNanos, boolean error) {

        public long endNanos() {
            return startNanos + durationNanos;
        }
    }

    private long[] starts = new long[16];
    private long[] durations = new long[16];
    private final BitSet errors = new BitSet();
    private int count;

    public void add(long startNanos, long durationNanos, boolean error) {
        if (count == durations.length) {
            starts = Arrays.copyOf(starts, count * 2);
            durations = Arrays.copyOf(durations, count * 2);
        }
        starts[count] = startNanos;
        durations[count] = durationNanos;
        errors.set(count, error);
        count++;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** Returns the requests sorted by their start. */
    public List<Request> byStart() {
        var list = new ArrayList<Request>(count);
        for (int i = 0; i < count; i++) {
            list.add(new Request(starts[i], durations[i], errors.get(i)));
        }
        list.sort(Comparator.comparingLong(Request::startNanos));
        return list;
    }

    public RequestStatistics over(double seconds) {
        if (count == 0) {
            return new RequestStatistics(0, 0, 0, 0, 0, 0);
        }
        long[] sorted = Arrays.copyOf(durations, count);
        Arrays.sort(sorted);
        return new RequestStatistics(count, count / seconds, (double) errors.cardinality() / count, percentile(sorted, 50),
                percentile(sorted, 95), percentile(sorted, 99));
    }

    /** Nearest rank: the smallest duration that at least this share of the requests didn't exceed. */
    private static double percentile(long[] sorted, int percent) {
        int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
        return sorted[rank - 1] / 1e6;
    }
}
