package org.debugshop.defaults.routes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;

import io.opentelemetry.api.trace.Span;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.debugshop.defaults.Sha256;

/**
 * The routes that are live: which copy of a service gets a request. The controls replace them, and all callers consult them. They are
 * static, so that a call costs no more than reading a field while there are none.
 */
public final class Routes {

    private static volatile Optional<Routes> live = Optional.empty();

    /** The routes of each service, those with a key first, because they have precedence. */
    private final Map<String, List<Route>> byService;
    private final boolean decidesByTrace;

    private Routes(List<Route> routes, boolean decidesByTrace) {
        this.byService = routes.stream().sorted(Comparator.comparing(route -> route.key() == null)).collect(groupingBy(Route::service));
        this.decidesByTrace = decidesByTrace;
    }

    /** Returns the routes; empty if there are none. */
    public static Optional<Routes> live() {
        return live;
    }

    /**
     * Replaces the routes.
     *
     * @param decidesByTrace whether traces start in this process, so that it decides itself which of them a canary gets
     */
    public static void replace(List<Route> routes, boolean decidesByTrace) {
        live = routes.isEmpty() ? Optional.empty() : Optional.of(new Routes(routes, decidesByTrace));
    }

    /** Returns the route of the current request to this service; empty if the usual copy gets it. */
    public Optional<Route> target(String service) {
        return find(service, false);
    }

    /** Returns the route by which the other copy gets a copy of the current request to this service. */
    public Optional<Route> mirror(String service) {
        return find(service, true);
    }

    private Optional<Route> find(String service, boolean mirror) {
        var routes = byService.get(service);
        if (routes == null) {
            return Optional.empty();
        }
        var key = RouteBaggage.key();
        var canaries = canaries();
        return routes.stream()
                .filter(route -> route.mirror() == mirror && route.isLive()
                        && (route.key() == null ? canaries.contains(service) : key.filter(route.key()::equals).isPresent()))
                .findFirst();
    }

    private Set<String> canaries() {
        var decided = RouteBaggage.canaries();
        var trace = Span.current().getSpanContext();
        return decided.orElseGet(() -> decidesByTrace && trace.isValid() ? decide(trace.getTraceId()) : Set.of());
    }

    /** Returns whether there is an intercept with this key. */
    boolean hasKey(String key) {
        return byService.values().stream().flatMap(List::stream).anyMatch(route -> key.equals(route.key()) && route.isLive());
    }

    /** Returns whether the current request has the key of an intercept, of whichever service. */
    public boolean interceptsThisRequest() {
        return RouteBaggage.key().filter(this::hasKey).isPresent();
    }

    /** Returns the keys whose events another copy of this service processes. */
    public Set<String> eventKeys(String service) {
        return byService.getOrDefault(service, List.of()).stream().filter(route -> route.events() && route.isLive()).map(Route::key)
                .collect(toSet());
    }

    /** Returns whether there is a canary. */
    public boolean hasCanary() {
        return byService.values().stream().flatMap(List::stream).anyMatch(route -> route.key() == null && route.isLive());
    }

    /**
     * Returns the services whose canary gets the requests of this shopper: always the same, as long as the weights are. With a higher
     * weight, a shopper who has been on the canary stays there.
     *
     * @param shopper anything by which the requests of one shopper are recognized
     */
    Set<String> decide(String shopper) {
        var services = new TreeSet<String>();
        byService.values().stream().flatMap(List::stream)
                .filter(route -> route.key() == null && route.isLive() && percentile(shopper, route.service()) < route.weight())
                .forEach(route -> services.add(route.service()));
        return services;
    }

    /** Returns a number from 0 to 99, which differs from service to service: otherwise the same shoppers would get all canaries. */
    private static int percentile(String shopper, String service) {
        var hash = Sha256.of((service + " " + shopper).getBytes(UTF_8));
        return Integer.remainderUnsigned(ByteBuffer.wrap(hash).getInt(), 100);
    }
}
