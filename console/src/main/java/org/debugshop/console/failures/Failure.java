package org.debugshop.console.failures;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A way to break the system, as {@code failures.json} has it; {@code docs/failures.md} tells how to add one.
 *
 * @param id lower-case words with hyphens, by which everybody names it
 * @param title what somebody who uses the system would say
 * @param simulates what of real life it stands for
 * @param hints one leads further than the one before; none gives the cause away whole
 * @param answer the cause, and how to remove it
 * @param toggle how it is broken and healed
 */
@RegisterForReflection
record Failure(String id, String title, String simulates, Symptom symptom, List<String> hints, String answer,
        @JsonProperty("switch") Switch toggle) {

    private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    Failure {
        if (!ID.matcher(id).matches() || title.isBlank() || simulates.isBlank() || hints.isEmpty() || answer.isBlank()) {
            throw new IllegalArgumentException("The failure " + id + " lacks something");
        }
        hints = List.copyOf(hints);
    }

    /**
     * Where it shows first.
     *
     * @param service whose metric it is, as the console scrapes it
     * @param metric a counter or gauge that moves while it is broken
     * @param labels of the series of that metric
     */
    record Symptom(String text, String service, String metric, Map<String, String> labels) {

        Symptom {
            labels = Map.copyOf(labels);
        }
    }

    /**
     * An address under the {@code /admin} of a service, to which a {@code POST} of JSON is sent.
     *
     * @param service whose; {@code console.admin-urls} has where that is
     * @param path under there
     */
    record Switch(String service, String path, JsonNode broken, JsonNode healed, State state) {}

    /**
     * How the switch's state is read, by a {@code GET}.
     *
     * @param path under the service's {@code /admin}; one that is not traced, since pages ask for it again and again
     * @param pointer to a value in the JSON of the answer (RFC 6901)
     * @param broken what that value is while it is broken; anything else is healed
     */
    record State(String path, String pointer, JsonNode broken) {}
}
