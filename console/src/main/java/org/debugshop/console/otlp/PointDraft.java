package org.debugshop.console.otlp;

import java.util.ArrayList;
import java.util.List;
import org.debugshop.console.store.Alteration.Replaced;

/** A data point of a metric while it is read from either encoding. It is reused for the next. */
final class PointDraft {

    private static final int INITIAL_BYTES = 64;

    record Quantile(double quantile, double value) {}

    final List<Object> attributes = new ArrayList<>();
    /** When it was measured; 0 if unknown. It only serves to recognise a data point that arrives again. */
    long timeNanos;
    /** The value of a gauge or a sum; null if there is none. */
    Double value;
    long count;
    double sum;
    final List<Long> bucketCounts = new ArrayList<>();
    final List<Double> bounds = new ArrayList<>();
    final List<Quantile> quantiles = new ArrayList<>();
    int flags;
    /** Whether one of its numbers was unreadable. */
    boolean unreadable;
    private final Interner interner;

    PointDraft(Interner interner) {
        this.interner = interner;
    }

    void restart() {
        attributes.clear();
        timeNanos = 0;
        value = null;
        count = 0;
        sum = 0;
        bucketCounts.clear();
        bounds.clear();
        quantiles.clear();
        flags = 0;
        unreadable = false;
        interner.restart(INITIAL_BYTES);
    }

    /** Adds to one of the lists above. A list that is already too long for any request doesn't grow further. */
    static <T> void add(List<T> list, T number) {
        if (list.size() <= MetricBatch.MAX_SAMPLES) {
            list.add(number);
        }
    }

    /** Ends the data point. */
    void finish() {
        interner.alteration(Replaced.NONE);
    }
}
