package org.debugshop.console.diagnosis;

/**
 * Sums over the requests of a period. They can be added, subtracted and aged, and take the same memory for any number of requests.
 *
 * <pre>
 * COUNT 240   FAILED 3   REFUSED 1   UNANSWERED 0   MILLIS 2280   GAP 96   LOG Σ ln(ms)   LOG_SQUARE Σ ln(ms)²   SLOW 2
 * </pre>
 */
final class Sums {

    static final int COUNT = 0;
    /** Requests that failed by the span's status, or by an HTTP status that says so. */
    static final int FAILED = 1;
    /** Requests that were refused as the caller's mistake: any other HTTP status from 400 to 499. */
    static final int REFUSED = 2;
    /** Calls for which the callee sent no span. */
    static final int UNANSWERED = 3;
    static final int MILLIS = 4;
    /** Milliseconds of calls that the callee's span does not cover: the network and waiting. */
    static final int GAP = 5;
    static final int LOG = 6;
    static final int LOG_SQUARE = 7;
    /** Requests that took longer than nearly all before. */
    static final int SLOW = 8;
    static final int FIELDS = 9;

    final double[] values = new double[FIELDS];

    double count() {
        return values[COUNT];
    }

    double failed() {
        return values[FAILED];
    }

    double refused() {
        return values[REFUSED];
    }

    double slow() {
        return values[SLOW];
    }

    double millis() {
        return values[MILLIS];
    }

    /** Returns the share of the requests; 0 if there are none. */
    double share(int field) {
        return count() == 0 ? 0 : values[field] / count();
    }

    /** Returns the mean duration in milliseconds; 0 if there are none. */
    double mean() {
        return share(MILLIS);
    }

    /** Returns the mean of the logarithms of the durations in milliseconds. */
    double logMean() {
        return share(LOG);
    }

    /** Returns the standard deviation of the logarithms of the durations. */
    double logDeviation() {
        return Math.sqrt(Math.max(0, share(LOG_SQUARE) - logMean() * logMean()));
    }

    Sums plus(Sums other) {
        var sum = new Sums();
        for (int i = 0; i < FIELDS; i++) {
            sum.values[i] = values[i] + other.values[i];
        }
        return sum;
    }

    void add(Sums other, double weight) {
        for (int i = 0; i < FIELDS; i++) {
            values[i] += weight * other.values[i];
        }
    }

    /** Multiplies all sums. */
    void scale(double factor) {
        for (int i = 0; i < FIELDS; i++) {
            values[i] *= factor;
        }
    }
}
