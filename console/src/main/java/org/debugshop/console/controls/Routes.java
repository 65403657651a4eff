package org.debugshop.console.controls;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The routes: which copy of a service gets a share of the requests, or those with a key. A route is live as long as its owner renews it,
 * so that nothing stays routed to a copy that has died. Nothing is kept: after a restart of the console there are none until their owners
 * renew them. Thread-safe.
 */
@Singleton
public class Routes {

    /** The maximum number of live routes. */
    static final int MAX_ROUTES = 50;

    /**
     * What an owner wants. Exactly one of {@code weight} and {@code key} is not null.
     *
     * @param service the service whose requests are routed
     * @param url the base URL of its other copy
     * @param weight the percentage of shoppers
     * @param key the key of the requests
     * @param mirror whether the usual copy answers, and the other one only gets a copy of each request
     * @param unsafe whether requests that change something are mirrored, too
     * @param events whether the other copy also processes the events with the key
     * @param version the version of the other copy; null if it isn't known
     */
    public record Definition(String service, String url, Integer weight, String key, boolean mirror, boolean unsafe, boolean events,
            String owner, String version) {}

    /**
     * A route as long as it is not replaced or renewed.
     *
     * @param revision another number for each change of the definition
     * @param since when the route was made
     * @param expires when it ends, by the clock
     * @param end the same, by {@link System#nanoTime()}
     */
    public record Live(String id, long revision, Definition definition, Duration lease, Instant since, Instant expires, long end) {}

    /** A route contradicts another one. The message is a sentence that names the owner of that. */
    static final class Conflict extends Exception {
        private static final long serialVersionUID = 1;

        Conflict(String sentence) {
            super(sentence);
        }
    }

    private final LongSupplier nanoTime;
    // What follows is guarded by this.
    private final Map<String, Live> routes = new LinkedHashMap<>();
    private long revisions;

    Routes() {
        this(System::nanoTime);
    }

    Routes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Makes, changes or renews a route. */
    synchronized Live put(String id, Definition wanted, Duration lease) throws Conflict {
        live();
        var before = routes.get(id);
        check(id, wanted, before);
        var isRenewal = before != null && before.definition.equals(wanted);
        var now = Instant.now();
        var route = new Live(id, isRenewal ? before.revision : ++revisions, wanted, lease, before == null ? now : before.since,
                now.plus(lease), nanoTime.getAsLong() + lease.toNanos());
        routes.put(id, route);
        return route;
    }

    private void check(String id, Definition wanted, Live before) throws Conflict {
        if (before != null && !before.definition.owner.equals(wanted.owner)) {
            throw new Conflict("The route %s belongs to %s".formatted(id, before.definition.owner));
        }
        if (before == null && routes.size() >= MAX_ROUTES) {
            throw new Conflict("There are %d routes, and no more are possible".formatted(MAX_ROUTES));
        }
        for (var other : routes.values()) {
            var its = other.definition;
            if (other.id.equals(id) || !its.service.equals(wanted.service) || !Objects.equals(its.key, wanted.key)) {
                continue;
            }
            throw new Conflict(wanted.key == null
                    ? "%s already has a canary, the route %s of %s".formatted(wanted.service, other.id, its.owner)
                    : "%s is already intercepted with the key %s, by the route %s of %s".formatted(wanted.service, wanted.key, other.id,
                            its.owner));
        }
    }

    /** Ends a route. Returns whether there was one. */
    synchronized boolean remove(String id) {
        return routes.remove(id) != null;
    }

    /** Returns the live routes, oldest first. */
    synchronized List<Live> live() {
        var now = nanoTime.getAsLong();
        routes.values().removeIf(route -> route.end - now <= 0);
        return List.copyOf(routes.values());
    }

    /** Returns a route, if it is live. */
    Optional<Live> find(String id) {
        return live().stream().filter(route -> route.id.equals(id)).findFirst();
    }

    /** Returns the time that is left of a route's lease, in milliseconds; 0 if it has ended. */
    long leftMillis(Live route) {
        return Math.max(0, (route.end - nanoTime.getAsLong()) / 1_000_000);
    }
}
