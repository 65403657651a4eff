package org.debugshop.console.otlp;

/** A metric without its data points while it is read from either encoding. It is reused for the next. */
final class MetricDraft {

    /** The kind of metric, which in OTLP is the field that has the data points. */
    enum Kind {
        GAUGE, SUM, HISTOGRAM, EXPONENTIAL_HISTOGRAM, SUMMARY
    }

    String name;
    String unit;
    String description;
    /** The kind; null if there is none. */
    Kind kind;
    /** The number of an {@code AggregationTemporality}. */
    int temporality;
    boolean monotonic;
    private final Interner interner;

    MetricDraft(Interner interner) {
        this.interner = interner;
    }

    void restart() {
        name = "";
        unit = "";
        description = "";
        kind = null;
        temporality = 0;
        monotonic = false;
        interner.restart(0);
    }
}
