package org.debugshop.bench.load;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The results of one operation at several subjects, which were measured in turns.
 *
 * @param operation the measured operation
 * @param rate operations per second; 0 if each followed the answer to the one before
 * @param rounds the rounds of each subject, in the order of time. All subjects have the same number, and rounds with the same index were
 *     measured one after the other
 */
record Comparison(Operation operation, double rate, Map<Subject, List<Round>> rounds) {

    /** What is measured. */
    enum Subject {
        /** A bare Quarkus service that answers with the same number of bytes. */
        BARE("bare Quarkus"),
        /** The system with its defaults. */
        TELEMETRY("telemetry on"),
        /** The system without traces and without logs over OTLP. Metrics cannot be turned off. */
        NO_TELEMETRY("telemetry off"),
        /** The system without engines, {@code --memory}. */
        IN_MEMORY("in memory"),
        /** A route of the system that needs no user. */
        OPEN("open"),
        /** A route of the system that only users may use. */
        PROTECTED("protected"),
        /** The system as it was at another commit. */
        OTHER_COMMIT("other commit");

        final String title;

        Subject(String title) {
            this.title = title;
        }
    }

    /** Percentiles in milliseconds. Each is the median over the rounds. */
    record Latency(double p50, double p90, double p99, double p999, double max) {}

    Comparison {
        rounds = new EnumMap<>(rounds);
    }

    /** Returns the subjects that were measured. */
    Set<Subject> subjects() {
        return rounds.keySet();
    }

    /** Returns the operations per second: the median over the rounds. */
    double perSecond(Subject subject) {
        return median(rounds.get(subject), Round::perSecond);
    }

    /** Returns the throughput of one subject divided by that of the other: the median of the ratios of rounds with the same index. */
    double ratio(Subject one, Subject other) {
        var numerators = rounds.get(one);
        var denominators = rounds.get(other);
        return median(IntStream.range(0, numerators.size())
                .mapToDouble(i -> numerators.get(i).perSecond() / denominators.get(i).perSecond()));
    }

    Latency latency(Subject subject) {
        return new Latency(percentile(subject, 50), percentile(subject, 90), percentile(subject, 99), percentile(subject, 99.9),
                median(rounds.get(subject), round -> round.latencies().getMaxValue() / 1e6));
    }

    /** Returns the number of failed operations in all rounds of a subject, by kind of error. */
    Map<String, Integer> errors(Subject subject) {
        var errors = new TreeMap<String, Integer>();
        rounds.get(subject).forEach(round -> round.errors().forEach((error, count) -> errors.merge(error, count, Integer::sum)));
        return errors;
    }

    private double percentile(Subject subject, double percentile) {
        return median(rounds.get(subject), round -> round.latencies().getValueAtPercentile(percentile) / 1e6);
    }

    static <T> double median(List<T> values, ToDoubleFunction<T> figure) {
        return median(values.stream().mapToDouble(figure));
    }

    private static double median(DoubleStream figures) {
        var sorted = figures.sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
