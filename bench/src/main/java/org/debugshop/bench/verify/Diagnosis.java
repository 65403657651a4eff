package org.debugshop.bench.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;

/** Something that says where a failure starts. It does not know which fault is on. */
interface Diagnosis {

    /**
     * A component that may be the origin.
     *
     * @param component a service, an engine or a topic; null for the statement that none of our components is at fault
     * @param path from the component to where users see the failure, both included
     */
    record Suspect(String component, List<String> path) {}

    /** What the console writes before the name of a topic. */
    String TOPIC = "topic ";

    /** Returns the name of the method. */
    String name();

    /** Returns the suspects now, the most likely first. */
    List<Suspect> ask();

    /** Returns the diagnosis of the console: the suspects of its active incident. */
    static Diagnosis incidents(String console) {
        return new Diagnosis() {
            @Override
            public String name() {
                return "incidents of the console";
            }

            @Override
            public List<Suspect> ask() {
                return suspects(Http.text(console + "/api/incidents"));
            }
        };
    }

    /** Returns the suspects of the active incident, the most likely first. */
    static List<Suspect> suspects(String incidents) {
        var suspects = new ArrayList<Suspect>();
        for (var incident : Json.tree(incidents).path("incidents")) {
            if (incident.path("active").booleanValue()) {
                for (var suspect : incident.path("suspects")) {
                    var path = StreamSupport.stream(suspect.path("path").spliterator(), false).map(component -> name(component.asText()))
                            .toList();
                    suspects.add(new Suspect(suspect.path("component").isNull() ? null : name(suspect.path("component").asText()), path));
                }
            }
        }
        return List.copyOf(suspects);
    }

    /** Returns a component's name as the files of the faults have it; the console names databases and topics as spans do. */
    private static String name(String component) {
        return component.equals("postgresql") ? "postgres" : component.startsWith(TOPIC) ? component.substring(TOPIC.length()) : component;
    }
}
