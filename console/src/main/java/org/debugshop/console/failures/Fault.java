package org.debugshop.console.failures;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A cause of a failure that can be switched on, as in {@code failures.json}; {@code docs/failures.md} explains how to add one.
 *
 * @param id lower-case words with hyphens; the name in commands and in the API
 * @param title the symptom in a user's words
 * @param simulates the real problem that this fault stands for
 * @param hints each reveals more than the previous one; none reveals the whole cause
 * @param answer the cause, and how to remove it
 * @param toggle how it is switched on and off
 */
@RegisterForReflection
record Fault(String id, String title, String simulates, Symptom symptom, List<String> hints, String answer,
        @JsonProperty("switch") Switch toggle) {

    private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    Fault {
        if (!ID.matcher(id).matches() || title.isBlank() || simulates.isBlank() || hints.isEmpty() || answer.isBlank()) {
            throw new IllegalArgumentException("The failure " + id + " is incomplete");
        }
        hints = List.copyOf(hints);
    }

    /**
     * Where the failure shows first.
     *
     * @param service the service that exposes the metric
     * @param metric a counter or gauge that changes while the fault is on
     * @param labels labels of that metric's series
     */
    record Symptom(String text, String service, String metric, Map<String, String> labels) {

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
