package org.debugshop.bench.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
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

    /** Returns the name of the method. */
    String name();

    /** Returns the suspects now, the most likely first. */
    List<Suspect> ask();

    /** Returns the origins that the console's overview shows: where failed traces start. */
    static Diagnosis origins(String console, boolean blind) {
        return new Diagnosis() {
            @Override
            public String name() {
                return "origins of failed traces";
            }

            @Override
            public List<Suspect> ask() {
                return suspects(Http.text(console + "/api/overview" + (blind ? "?blind=true" : "")));
            }
        };
    }

    /** Returns the services of the origins that continue, each once. */
    static List<Suspect> suspects(String overview) {
        var suspects = new LinkedHashMap<String, Suspect>();
        for (var origin : Json.tree(overview).path("origins")) {
            if (origin.path("active").booleanValue()) {
                var path = new ArrayList<String>();
                path.add(origin.path("service").asText());
                StreamSupport.stream(origin.path("seen_by").spliterator(), false).map(service -> service.asText())
                        .filter(service -> !service.startsWith("load-generator")).forEach(path::add);
                suspects.putIfAbsent(path.getFirst(), new Suspect(path.getFirst(), List.copyOf(path)));
            }
        }
        return List.copyOf(suspects.values());
    }
}
