package org.debugshop.console.diagnosis;

/**
 * Whether figures are worse than before, by more than chance and by enough to matter. The strength is a number of standard deviations; 0
 * means no rise.
 */
final class Rise {

    /** A rise that chance makes once in some hundred comparisons, of which few are made. */
    private static final double ENOUGH = 2.8;
    private static final double ENOUGH_SLOW = 4;
    private static final double LEAST_FAILED = 3;
    private static final double LEAST_SHARE = 0.05;
    private static final double LEAST_REFUSED = 6;
    private static final double LEAST_SHARE_REFUSED = 0.25;
    private static final double LEAST_BEFORE = 12;
    private static final double LEAST_NOW = 4;
    private static final double LEAST_FACTOR = 1.6;
    private static final double LEAST_FACTOR_BUSY = 2.5;
    private static final double LEAST_MILLIS = 25;
    private static final double LEAST_DEVIATION = 0.3;
    /** The share of failures that is assumed of an operation which nobody has called before. */
    private static final double UNKNOWN_SHARE = 0.05;

    private Rise() {}

    /** Returns the strength of a rise of the share of failed requests. */
    static double ofFailures(Sums before, Sums now) {
        return ofShare(before, now, Sums.FAILED, LEAST_FAILED, LEAST_SHARE);
    }

    /** Returns the strength of a rise of the share of refused requests. Some are always refused, so that it must be large. */
    static double ofRefusals(Sums before, Sums now) {
        return before.count() < LEAST_BEFORE ? 0 : ofShare(before, now, Sums.REFUSED, LEAST_REFUSED, LEAST_SHARE_REFUSED);
    }

    private static double ofShare(Sums before, Sums now, int field, double least, double leastShare) {
        double share = before.count() < LEAST_BEFORE
                ? Math.max(UNKNOWN_SHARE, before.share(field))
                : (before.values[field] + 0.5) / (before.count() + 1);
        double expected = now.count() * share;
        double strength = (now.values[field] - expected) / Math.sqrt(expected * (1 - share) + 0.5);
        return now.values[field] >= least && now.share(field) - share >= leastShare && strength >= ENOUGH ? strength : 0;
    }

    /**
     * Returns the strength of a rise of the durations: of the mean of their logarithms, or of the share of very long ones, which shows
     * slowness that comes in bursts.
     *
     * @param busy whether the host has no CPU time left, so that everything takes longer
     */
    static double ofDurations(Sums before, Sums now, boolean busy) {
        double more = now.mean() - before.mean();
        if (before.count() < LEAST_BEFORE || now.count() < LEAST_NOW || more < LEAST_MILLIS * (busy ? 4 : 1)
                || now.mean() < before.mean() * LEAST_FACTOR * (busy ? 1.5 : 1)) {
            return 0;
        }
        double deviation = Math.max(LEAST_DEVIATION, before.logDeviation());
        double strength = (now.logMean() - before.logMean()) / deviation * Math.sqrt(now.count());
        if (busy) {
            // A process that must wait for the CPU now and then has a few very long requests.
            return strength >= ENOUGH_SLOW && Math.exp(now.logMean() - before.logMean()) >= LEAST_FACTOR_BUSY ? strength : 0;
        }
        double share = Math.max(0.02, before.share(Sums.SLOW));
        double expected = now.count() * share;
        double bursts = now.slow() < LEAST_NOW ? 0 : (now.slow() - expected) / Math.sqrt(expected * (1 - share) + 0.5);
        double strongest = Math.max(strength, bursts);
        return strongest >= ENOUGH_SLOW ? strongest : 0;
    }
}
