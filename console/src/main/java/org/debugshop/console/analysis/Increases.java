package org.debugshop.console.analysis;

/**
 * Computes what a counter added from one value to the next. A value below the previous one comes from a new process, whose counter
 * started at 0.
 *
 * <pre>
 * values   7 9 9 2 5     added, if 7 is the oldest value that is kept   0 2 0 2 3
 *                        added, if the counter began with the 7         7 2 0 2 3
 * </pre>
 */
final class Increases {

    private double last;

    /**
     * @param began whether the counter started with its first value, so that this value is an increase; otherwise the earlier
     *        values are unknown
     */
    Increases(boolean began) {
        last = began ? 0 : Double.NaN;
    }

    /** Returns the increase since the previous value. */
    double next(double value) {
        double increase = Double.isNaN(last) ? 0 : between(last, value);
        last = value;
        return increase;
    }

    static double between(double before, double after) {
        return after >= before ? after - before : after;
    }
}
