package org.debugshop.bench.verify;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.debugshop.testkit.Json;

/**
 * A fault as in {@code failures/<id>.json}, whose {@code schema.json} describes the members, with the truth that a diagnosis is compared
 * with.
 *
 * @param services null if it has a switch of its own
 * @param toggle null if it has no switch of its own
 */
public record Fault(String id, Symptom symptom, List<String> services, @JsonProperty("switch") Toggle toggle, Origin origin) {

    /** A fault that changes nothing that users see. */
    static final String HARMLESS_DEPLOYMENT = "innocent-deploy";

    /** How the figure of a symptom is computed from the series. */
    enum Measure {
        @JsonProperty("rate")
        RATE, @JsonProperty("value")
        VALUE, @JsonProperty("mean")
        MEAN, @JsonProperty("share")
        SHARE
    }

    /**
     * @param among null unless a share is measured
     * @param above null if {@code below} is given, and the other way round
     */
    record Symptom(String service, String metric, Map<String, String> labels, Measure measure, Map<String, String> among, Double above,
            Double below) {

        /** Returns whether a figure is that of a system with the failure. */
        boolean isShownBy(double figure) {
            return above == null ? figure < below : figure > above;
        }

        /** Returns whether both may be computed from the same series. */
        boolean overlaps(Symptom other) {
            return service.equals(other.service) && metric.equals(other.metric) && labels.entrySet().stream()
                    .allMatch(label -> other.labels.getOrDefault(label.getKey(), label.getValue()).equals(label.getValue()));
        }

        @Override
        public String toString() {
            return "%s of %s%s %s %s".formatted(measure.name().toLowerCase(Locale.ROOT), metric, labels,
                    above == null ? "below" : "above", above == null ? below : above);
        }
    }

    record Toggle(String service) {}

    /**
     * @param component null if no component is at fault
     * @param also null if there is no other right name
     */
    public record Origin(String component, String kind, List<String> path, List<String> also) {

        boolean isNamedBy(String name) {
            return Objects.equals(component, name) || name != null && also != null && also.contains(name);
        }
    }

    /** Returns all faults of a checkout, in the order of {@code index.json}. */
    public static List<Fault> all(Path checkout) {
        var folder = checkout.resolve("failures");
        return Json.list(read(folder.resolve("index.json")), String.class).stream()
                .map(id -> Json.one(read(folder.resolve(id + ".json")), Fault.class)).toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the services that contain it. */
    List<String> owners() {
        return services == null ? List.of(toggle.service()) : services;
    }

    /** Returns the names of all components that it concerns: where it is, where it shows, and all between them. */
    Set<String> concerned() {
        var all = new TreeSet<>(owners());
        all.addAll(origin.path());
        all.add(symptom.service());
        if (origin.component() != null) {
            all.add(origin.component());
        }
        return all;
    }
}
