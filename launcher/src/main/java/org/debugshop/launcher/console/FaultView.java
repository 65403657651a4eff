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
 * the files under {@code failures/}, and their state is unknown.
 *
 * @param topic the group: errors, latency, data, messaging, resources, releases or external
 * @param title the symptom in a user's words
 * @param simulates the real problem that this fault stands for
 * @param strength {@code means}, {@code unit}, {@code default}, {@code min}, {@code max} and {@code now}; null if it is either on or off
 * @param sources the files that a person would look at
 * @param services those that contain it, or the one with the switch
 * @param instances the instances of these services; null if there is no console
 * @param active {@link #state} in JSON: null if it is unknown
 * @param error why the state is unknown; null if it is known
 */
public record FaultView(String id, String topic, String title, String simulates, Symptom symptom, Map<String, Object> strength,
        List<String> hints, String answer, List<String> sources, List<String> services, List<Confirmation> instances, Boolean active,
        String error) {

    /**
     * An instance that must switch the fault.
     *
     * @param confirmed whether it has applied what is wanted
     * @param problem why not; null if it has not said so
     */
    public record Confirmation(String service, String instance, boolean confirmed, String problem) {}

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
        try (var index = FaultView.class.getResourceAsStream("/failures/index.json")) {
            return JSON.std.listOfFrom(String.class, index).stream().map(FaultView::read).toList();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static FaultView read(String id) {
        try (var file = FaultView.class.getResourceAsStream("/failures/" + id + ".json")) {
            return JSON.std.beanFrom(FaultView.class, file);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    public static Optional<FaultView> find(String id) {
        return all().stream().filter(failure -> failure.id().equals(id)).findFirst();
    }

    /** Whether users see that requests fail, rather than something else. */
    public boolean failsRequests() {
        return topic.equals("errors") || topic.equals("releases");
    }

    /** Returns why the fault cannot have this strength; empty if it can. */
    public Optional<String> objectionTo(double wanted) {
        if (strength == null) {
            return Optional.of(id + " is either on or off; it has no strength.");
        }
        return wanted >= number("min") && wanted <= number("max")
                ? Optional.empty()
                : Optional.of("%s cannot have the strength %s. %s.".formatted(id, wanted, range()));
    }

    /** Returns what the strength means, and its bounds. There must be one. */
    public String range() {
        return "%s (%s): %s to %s".formatted(strength.get("means"), strength.get("unit"), strength.get("min"), strength.get("max"));
    }

    private double number(String key) {
        return ((Number) strength.get(key)).doubleValue();
    }

    public FaultView unknown(String why) {
        return new FaultView(id, topic, title, simulates, symptom, strength, hints, answer, sources, services, instances, null, why);
    }

    /** Returns on how many instances it is as wanted, as in {@code 2 of 2 instances}; empty if it has a switch of its own. */
    public Optional<String> confirmed() {
        return instances == null || instances.isEmpty()
                ? Optional.empty()
                : Optional.of(instances.stream().filter(Confirmation::confirmed).count() + " of " + instances.size()
                        + (instances.size() == 1 ? " instance" : " instances"));
    }

    public State state() {
        return active == null ? State.UNKNOWN : active ? State.BROKEN : State.HEALED;
    }

    public static List<String> ids() {
        return all().stream().map(FaultView::id).toList();
    }
}
