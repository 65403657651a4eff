package org.debugshop.console.analysis;

/**
 * Counts what a counter added from one value to the next. A value below the one before it is of a new process, which began to count at 0.
 *
 * <pre>
 * values   7 9 9 2 5     added, if 7 is the oldest value that is kept   0 2 0 2 3
 *                        added, if the counter began with the 7         7 2 0 2 3
 * </pre>
 */
final class Increases {

    private double last;

    /** @param began whether the counter began with its first value, so that all of that was added; otherwise nothing is known of before */
    Increases(boolean began) {
        last = began ? 0 : Double.NaN;
    }

    /** @return what was added since the value before */
    double next(double value) {
        double increase = Double.isNaN(last) ? 0 : between(last, value);
        last = value;
        return increase;
    }

    static double between(double before, double after) {
        return after >= before ? after - before : after;
    }
}
