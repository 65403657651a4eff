package org.debugshop.bench.verify;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.debugshop.testkit.Metrics;

/** The figure of a symptom, over the samples of the last seconds. It may be read and written by several threads. */
final class Figure {

    /** The time between the first and the last sample that counts. */
    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** After a restart, there is no figure until the samples cover this much. */
    static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** Samples come a little late, or a little early after a late one. */
    private static final long TOLERANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    /**
     * @param part the growing sum that is counted; for a value, the value
     * @param whole what it is compared with, for a share or a mean
     */
    private record Sample(long nanos, double part, double whole) {}

    private final Fault.Symptom symptom;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private long neededNanos = SHORT_NANOS;

    Figure(Fault.Symptom symptom) {
        this.symptom = symptom;
    }

    Fault.Symptom symptom() {
        return symptom;
    }

    /** Returns whether a line of {@code /metrics} may belong to the symptom's series. */
    boolean isAbout(String line) {
        return line.startsWith(symptom.metric());
    }

    /** Forgets all samples. @param nanos how much time new samples must cover before there is a figure again */
    synchronized void restart(long nanos) {
        samples.clear();
        neededNanos = nanos;
    }

    /** Takes what {@code /metrics} has at a time. Values that are not known, which are NaN, are skipped. */
    synchronized void add(long nanos, Metrics metrics) {
        var sample = switch (symptom.measure()) {
            case RATE, VALUE -> new Sample(nanos, sum(metrics, ""), 0);
            case MEAN -> new Sample(nanos, sum(metrics, "_sum"), sum(metrics, "_count"));
            case SHARE -> new Sample(nanos, sum(metrics, ""),
                    metrics.sum(symptom.metric(), series -> series.labels().entrySet().containsAll(symptom.among().entrySet())));
        };
        if (Double.isNaN(sample.part) || Double.isNaN(sample.whole)) {
            return;
        }
        samples.addLast(sample);
        while (nanos - samples.getFirst().nanos > WINDOW_NANOS + TOLERANCE_NANOS) {
            samples.removeFirst();
        }
    }

    private double sum(Metrics metrics, String suffix) {
        return metrics.sum(symptom.metric() + suffix, series -> series.labels().entrySet().containsAll(symptom.labels().entrySet()));
    }

    /** Returns the figure; empty if there are too few samples, or there was nothing to compare with. */
    synchronized OptionalDouble now() {
        if (samples.isEmpty()) {
            return OptionalDouble.empty();
        }
        double nanos = samples.getLast().nanos - samples.getFirst().nanos;
        if (nanos + TOLERANCE_NANOS < neededNanos) {
            return OptionalDouble.empty();
        }
        double part = 0;
        double whole = 0;
        Sample before = null;
        for (var sample : samples) {
            if (before != null) {
                part += growth(before.part, sample.part);
                whole += growth(before.whole, sample.whole);
            }
            before = sample;
        }
        return switch (symptom.measure()) {
            case VALUE -> OptionalDouble.of(samples.getLast().part);
            case RATE -> OptionalDouble.of(part / nanos * TimeUnit.SECONDS.toNanos(1));
            case MEAN, SHARE -> whole == 0 ? OptionalDouble.empty() : OptionalDouble.of(part / whole);
        };
    }

    /** Returns how much a counter grew. It begins at 0 again when its service restarts. */
    private static double growth(double before, double now) {
        return now < before ? now : now - before;
    }
}
