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
 * The same operation at several instances in turns.
 *
 * @param operation what was done
 * @param rate operations a second; 0: as fast as the answers came
 * @param rounds of each subject, as many of each, in the order of time: those of one index were measured one after the other
 */
record Comparison(Operation operation, double rate, Map<Subject, List<Round>> rounds) {

    /** Who is measured. */
    enum Subject {
        /** A bare Quarkus service that answers with as many bytes. */
        BARE("bare Quarkus"),
        /** The system as everybody runs it. */
        TELEMETRY("telemetry on"),
        /** The system without traces and without logs over OTLP; the metrics are built in and stay. */
        NO_TELEMETRY("telemetry off"),
        /** The system without engines, {@code --memory}. */
        IN_MEMORY("in memory");

        final String title;

        Subject(String title) {
            this.title = title;
        }
    }

    /** @param percentiles in milliseconds, each the median of the rounds' */
    record Latency(double p50, double p90, double p99, double p999, double max) {}

    Comparison {
        rounds = new EnumMap<>(rounds);
    }

    /** Who was measured. */
    Set<Subject> subjects() {
        return rounds.keySet();
    }

    /** Operations a second, the median of the rounds. */
    double perSecond(Subject subject) {
        return median(rounds.get(subject), Round::perSecond);
    }

    /** How much of the one's throughput the other has: the median over the turns, in each of which both were measured. */
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

    /** How many failed at a subject in all its rounds, by what was wrong. */
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
