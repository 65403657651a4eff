package org.debugshop.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The Kubernetes objects of one release. */
record Objects(List<JsonNode> all) {

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    List<JsonNode> of(String kind) {
        return all.stream().filter(object -> object.path("kind").asText().equals(kind)).toList();
    }

    Optional<JsonNode> find(String kind, String name) {
        return of(kind).stream().filter(object -> name(object).equals(name)).findFirst();
    }

    /** Returns the objects that create pods. */
    List<JsonNode> workloads() {
        return Stream.concat(of("Deployment").stream(), of("StatefulSet").stream()).toList();
    }

    List<JsonNode> pods() {
        return Stream.concat(workloads().stream().map(Objects::podSpec), of("Pod").stream().map(pod -> pod.path("spec"))).toList();
    }

    static JsonNode podSpec(JsonNode workload) {
        return workload.at("/spec/template/spec");
    }

    static Map<String, String> podLabels(JsonNode workload) {
        return texts(workload.at("/spec/template/metadata/labels"));
    }

    static List<String> portNames(JsonNode workload) {
        return podSpec(workload).at("/containers/0/ports").findValuesAsText("name");
    }

    static Map<String, String> texts(JsonNode object) {
        var map = new LinkedHashMap<String, String>();
        object.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
        return map;
    }

    /**
     * Returns the values of a container's variables by their names. A value from a secret is blank.
     *
     * @throws AssertionError if a variable is set twice
     */
    static Map<String, String> environment(JsonNode workload) {
        var map = new LinkedHashMap<String, String>();
        for (var variable : podSpec(workload).at("/containers/0/env")) {
            if (map.put(variable.path("name").asText(), variable.path("value").asText()) != null) {
                throw new AssertionError(name(workload) + " has " + variable.path("name") + " twice");
            }
        }
        return map;
    }

    /** Returns the text of the configuration that is mounted into a workload, if there is one. */
    static Optional<String> configuration(Objects objects, JsonNode workload) {
        return podSpec(workload).path("volumes").findParents("configMap").stream()
                .flatMap(volume -> objects.find("ConfigMap", volume.at("/configMap/name").asText()).stream())
                .map(map -> map.path("data").toString()).findFirst();
    }
}
