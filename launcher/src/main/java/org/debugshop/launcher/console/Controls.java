package org.debugshop.launcher.console;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the console wants of an instance that listens to it: the complete state. The names are those of the JSON.
 *
 * @param faults the strength of each fault that is on, by id
 * @param routes absent in the JSON if there are none
 */
public record Controls(Map<String, Double> faults, List<Route> routes) {

    public Controls {
        faults = faults == null ? Map.of() : faults;
        routes = routes == null ? List.of() : routes;
    }

    /** @param revision another number for each change */
    record Route(String id, long revision) {}

    /**
     * Returns the report of an instance that has applied all routes, because it makes no requests to which they apply.
     *
     * @param applied the strength of each fault, by id; 0 for off
     * @param problems why a fault could not be switched, by id
     */
    public String report(Map<String, Double> applied, Map<String, String> problems) throws IOException {
        var revisions = new TreeMap<String, Long>();
        routes.forEach(route -> revisions.put(route.id, route.revision));
        return JSON.std.asString(Map.of("faults", applied, "problems", problems, "routes", revisions));
    }
}
