package org.debugshop.console.store;

import java.util.Arrays;

/** Collects requests to make {@link RequestStatistics} of. All durations are kept for the moment, so percentiles are exact. */
final class Requests {

    private long[] durations = new long[16];
    private int count;
    private int errors;

    void add(long durationNanos, boolean error) {
        if (count == durations.length) {
            durations = Arrays.copyOf(durations, count * 2);
        }
        durations[count++] = durationNanos;
        errors += error ? 1 : 0;
    }

    boolean isEmpty() {
        return count == 0;
    }

    RequestStatistics over(double seconds) {
        if (count == 0) {
            return new RequestStatistics(0, 0, 0, 0, 0, 0);
        }
        Arrays.sort(durations, 0, count);
        return new RequestStatistics(count, count / seconds, (double) errors / count, percentile(50), percentile(95), percentile(99));
    }

    /** Nearest rank: the smallest duration that this share of the requests did not exceed. */
    private double percentile(int percent) {
        int rank = (int) Math.ceil(percent / 100.0 * count);
        return durations[rank - 1] / 1e6;
    }
}
