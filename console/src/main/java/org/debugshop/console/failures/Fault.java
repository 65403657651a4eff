package org.debugshop.console.failures;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A cause of a failure that can be switched on, as in a file under {@code failures/}, whose {@code schema.json} describes each member;
 * {@code docs/failures.md} explains how to add one.
 *
 * @param id lower-case words with hyphens; the name in commands and in the API
 * @param title the symptom in a user's words
 * @param simulates the real problem that this fault stands for
 * @param hints each reveals more than the previous one; none reveals the whole cause
 * @param answer the cause, and how to remove it
 * @param topic the group on the page
 * @param strength null if it is either on or off
 * @param services the services that contain it; empty if it has a switch of its own
 * @param origin the truth, which only {@code ./shop verify} needs
 * @param sources the files that a person would look at
 * @param toggle a switch of its own; null if {@link org.debugshop.console.controls.Controls} switch it
 */
@RegisterForReflection
record Fault(String id, String topic, String title, String simulates, Symptom symptom, Strength strength, List<String> hints,
        String answer, List<String> services, JsonNode origin, List<String> sources, @JsonProperty("switch") Switch toggle) {

    private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    Fault {
        if (!ID.matcher(id).matches() || title.isBlank() || simulates.isBlank() || hints.isEmpty() || answer.isBlank()) {
            throw new IllegalArgumentException("The failure " + id + " is incomplete");
        }
        services = services == null ? List.of() : List.copyOf(services);
        if (services.isEmpty() == (toggle == null)) {
            throw new IllegalArgumentException("The failure " + id + " needs services or a switch");
        }
        hints = List.copyOf(hints);
        sources = List.copyOf(sources);
    }

    /** Returns the services that must apply it. */
    List<String> owners() {
        return toggle == null ? services : List.of(toggle.service());
    }

    /**
     * How strong it is.
     *
     * @param means what the number says
     * @param usual the strength if none is given
     */
    record Strength(String means, String unit, @JsonProperty("default") double usual, double min, double max) {

        boolean allows(double strength) {
            return strength >= min && strength <= max;
        }
    }

    /**
     * Where the failure shows first.
     *
     * @param service the service that exposes the metric
     * @param metric a metric that changes while the fault is on
     * @param labels labels of that metric's series
     * @param measure what is computed from it: {@code rate}, {@code value}, {@code mean} or {@code share}
     * @param among for a share: labels of the series to compare with; null otherwise
     * @param above the effect is there if the figure is larger; null if it is there if it is smaller than {@code below}
     */
    record Symptom(String text, String service, String metric, Map<String, String> labels, String measure, Map<String, String> among,
            Double above, Double below) {

        Symptom {
            labels = Map.copyOf(labels);
        }
    }

    /**
     * An address under a service's {@code /admin} that a JSON {@code POST} is sent to.
     *
     * @param service the service; {@code console.admin-urls} has its URL
     * @param path the path under that URL
     */
    record Switch(String service, String path, JsonNode broken, JsonNode healed, StateQuery state) {}

    /**
     * How the state of the switch is read, by a {@code GET}.
     *
     * @param path a path under the service's {@code /admin}; it must not be traced, because pages poll it
     * @param pointer a pointer to a value in the JSON of the answer (RFC 6901)
     * @param broken the value while the fault is on; any other value means off
     */
    record StateQuery(String path, String pointer, JsonNode broken) {}
}
