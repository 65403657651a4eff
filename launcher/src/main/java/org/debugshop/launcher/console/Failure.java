package org.debugshop.launcher.console;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A way to break the system. The console has them all with their state; this module has the same file for when there is no console.
 *
 * @param active {@link #state} as the JSON has it, with null for unknown
 * @param error why the state is unknown; null if it is known
 */
public record Failure(String id, String title, String simulates, Symptom symptom, List<String> hints, String answer, Boolean active,
        String error) {

    /** What the switch of a failure was found to be. */
    public enum State {
        BROKEN, HEALED,
        /** The console could not ask the service that has the switch, or there is no console. */
        UNKNOWN;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The place where it shows first.
     *
     * @param metric what moves in the metrics of {@code service}
     */
    public record Symptom(String text, String service, String metric, Map<String, String> labels) {

        /** The series as {@code /metrics} has it. */
        public String series() {
            return labels.isEmpty()
                    ? metric
                    : labels.entrySet().stream().map(label -> label.getKey() + "=\"" + label.getValue() + "\"").sorted()
                            .collect(Collectors.joining(",", metric + "{", "}"));
        }
    }

    /** All that there are, without their state. */
    public static List<Failure> all() {
        try (var file = Failure.class.getResourceAsStream("/failures.json")) {
            return JSON.std.listOfFrom(Failure.class, file);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    public static Optional<Failure> find(String id) {
        return all().stream().filter(failure -> failure.id().equals(id)).findFirst();
    }

    public Failure unknown(String why) {
        return new Failure(id, title, simulates, symptom, hints, answer, null, why);
    }

    public State state() {
        return active == null ? State.UNKNOWN : active ? State.BROKEN : State.HEALED;
    }

    public static List<String> ids() {
        return all().stream().map(Failure::id).toList();
    }
}
