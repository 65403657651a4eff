package org.debugshop.defaults.controls;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.debugshop.defaults.routes.Route;
import org.debugshop.defaults.routes.Routes;

/** Puts the routes that the console sends into effect, each until its lease ends. Used on one Vert.x context only, except {@link #stop}. */
final class RouteLeases {

    private final Vertx vertx;
    private final boolean decidesByTrace;
    private volatile List<Route> routes = List.of();
    private long timer = -1;
    private volatile boolean stopped;

    /** @param decidesByTrace as for {@link Routes#replace} */
    RouteLeases(Vertx vertx, boolean decidesByTrace) {
        this.vertx = vertx;
        this.decidesByTrace = decidesByTrace;
    }

    /**
     * Reads the routes of an event.
     *
     * @throws ClassCastException if the types are others
     * @throws IllegalArgumentException if something is missing or no URL
     */
    static List<Route> read(JsonObject event) {
        return event.getJsonArray("routes", new JsonArray()).stream().map(JsonObject.class::cast).map(RouteLeases::route).toList();
    }

    private static Route route(JsonObject route) {
        for (var member : List.of("id", "revision", "service", "url", "lease_ms")) {
            if (route.getValue(member) == null) {
                throw new IllegalArgumentException("A route has no " + member);
            }
        }
        return new Route(route.getString("id"), route.getLong("revision"), route.getString("service"), URI.create(route.getString("url")),
                Objects.requireNonNullElse(route.getInteger("weight"), 0), route.getString("key"),
                route.getBoolean("mirror", false), route.getBoolean("unsafe", false), route.getBoolean("events", false),
                System.nanoTime() + MILLISECONDS.toNanos(route.getLong("lease_ms")));
    }

    void apply(List<Route> newRoutes) {
        if (stopped) {
            return;
        }
        vertx.cancelTimer(timer);
        routes = newRoutes;
        Routes.replace(newRoutes, decidesByTrace);
        newRoutes.stream().mapToLong(route -> route.end() - System.nanoTime()).min().ifPresent(left -> timer = vertx
                .setTimer(Math.max(1, NANOSECONDS.toMillis(left) + 1), _ -> dropEnded()));
    }

    private void dropEnded() {
        apply(routes.stream().filter(route -> route.end() - System.nanoTime() > 0).toList());
    }

    /** Returns the revision of each route that is in effect, by id; empty if there are no routes. */
    Optional<JsonObject> revisions() {
        if (routes.isEmpty()) {
            return Optional.empty();
        }
        var revisions = new JsonObject();
        routes.forEach(route -> revisions.put(route.id(), route.revision()));
        return Optional.of(revisions);
    }

    /** Ends all of them for good. */
    void stop() {
        stopped = true;
        routes = List.of();
        Routes.replace(List.of(), decidesByTrace);
    }
}
