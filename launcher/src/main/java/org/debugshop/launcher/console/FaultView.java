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
 * A fault and whether it is switched on, as the console's {@code /api/failures} shows it. If there is no console, the faults are read from
 * {@code failures.json}, and their state is unknown.
 *
 * @param title the symptom in a user's words
 * @param simulates the real problem that this fault stands for
 * @param active {@link #state} in JSON: null if it is unknown
 * @param error why the state is unknown; null if it is known
 */
public record FaultView(String id, String title, String simulates, Symptom symptom, List<String> hints, String answer, Boolean active,
        String error) {

    /** Whether the fault is switched on. */
    public enum State {
        BROKEN, HEALED,
        /** The service with the switch did not answer the console, or there is no console. */
        UNKNOWN;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Where the failure shows first.
     *
     * @param metric a metric of {@code service} that changes while the fault is on
     */
    public record Symptom(String text, String service, String metric, Map<String, String> labels) {

        /** Returns the name and labels of the series as in {@code /metrics}. */
        public String series() {
            return labels.isEmpty()
                    ? metric
                    : labels.entrySet().stream().map(label -> label.getKey() + "=\"" + label.getValue() + "\"").sorted()
                            .collect(Collectors.joining(",", metric + "{", "}"));
        }
    }

    /** Returns all faults, without their state. */
    public static List<FaultView> all() {
        try (var file = FaultView.class.getResourceAsStream("/failures.json")) {
            return JSON.std.listOfFrom(FaultView.class, file);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    public static Optional<FaultView> find(String id) {
        return all().stream().filter(failure -> failure.id().equals(id)).findFirst();
    }

    public FaultView unknown(String why) {
        return new FaultView(id, title, simulates, symptom, hints, answer, null, why);
    }

    public State state() {
        return active == null ? State.UNKNOWN : active ? State.BROKEN : State.HEALED;
    }

    public static List<String> ids() {
        return all().stream().map(FaultView::id).toList();
    }
}
