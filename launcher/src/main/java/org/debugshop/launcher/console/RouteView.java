package org.debugshop.launcher.console;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.debugshop.launcher.terminal.Printable;

/**
 * A live route, as the console's {@code /api/routes} shows it. The names are those of the JSON.
 *
 * @param weight the percentage of shoppers of a canary; null for an intercept
 * @param key null for a canary
 * @param version the version of the copy; null if its owner has not named it
 * @param since when it was made, RFC 3339
 * @param instances how many instances of services listen to the console
 * @param acknowledged how many of them use the route
 * @param missing the others
 */
public record RouteView(String id, String service, String url, Integer weight, String key, boolean mirror, boolean unsafe,
        boolean events, String owner, String version, String since, String expires, int instances, int acknowledged,
        List<String> missing) {

    /** @param time the time of the answer */
    record All(String time, List<RouteView> routes) {}

    /** How long a route lives unless it is renewed. */
    public static final int LEASE_SECONDS = 10;

    /**
     * A route that is asked for. Exactly one of {@code weight} and {@code key} is not null.
     *
     * @param url the base URL of the other copy
     * @param version the version of the other copy; null if it is unknown
     */
    public record Wanted(String id, String service, String url, Integer weight, String key, boolean mirror, boolean unsafe,
            boolean events, String owner, String version) {

        String json() throws IOException {
            var body = new LinkedHashMap<String, Object>();
            body.put("service", service);
            body.put("url", url);
            body.put("weight", weight);
            body.put("key", key);
            body.put("mirror", mirror);
            body.put("unsafe", unsafe);
            body.put("events", events);
            body.put("owner", owner);
            body.put("version", version);
            body.put("lease_seconds", LEASE_SECONDS);
            body.values().removeIf(Objects::isNull);
            return JSON.std.asString(body);
        }
    }

    public boolean isCanary() {
        return weight != null;
    }

    /** Returns whether every instance that listens uses the route, and there is at least one. */
    public boolean isComplete() {
        return instances > 0 && acknowledged == instances;
    }

    /** Returns a sentence about the instances that do not use the route. */
    public String shortfall() {
        return instances == 0
                ? "No service listens to the console, so no request is routed."
                : "Only %d of %d instances route by it; not: %s.".formatted(acknowledged, instances,
                        missing.stream().map(Printable::of).collect(Collectors.joining(", ")));
    }
}
