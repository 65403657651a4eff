package org.debugshop.console.controls;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The desired state of all services: the faults that are on, and the routes. Each instance of a service listens to the state of its
 * service, and reports what it has applied. Nothing is kept: after a restart of the console everything is off.
 */
@Singleton
public class Controls {

    /** The maximum number of listening instances; each has a connection. */
    static final int MAX_INSTANCES = 256;
    /** The time between two events of a stream without changes. The services wait for three of them. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    /** How long a change usually waits for the instances. */
    public static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration TICK = Duration.ofMillis(50);

    /**
     * What one service shall do.
     *
     * @param faults the strength of each fault of this service that is on, by id
     * @param routes the routes of all services; absent if there are none
     */
    public record State(Map<String, Double> faults, @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RouteState> routes) {}

    /**
     * A route as the services get it.
     *
     * @param revision another number for each change, which the instances report
     * @param leaseMs the time in milliseconds after which the route ends, unless it is sent again
     */
    public record RouteState(String id, long revision, String service, String url, Integer weight, String key, boolean mirror,
            boolean unsafe, boolean events, long leaseMs) {}

    /**
     * What one instance has done.
     *
     * @param faults the strength of each of its faults, by id; 0 for off
     * @param problems why a fault could not be switched, by id
     * @param routes the revision of each route that it uses, by id
     */
    public record Report(Map<String, Double> faults, Map<String, String> problems, Map<String, Long> routes) {

        public Report {
            faults = faults == null ? Map.of() : new HashMap<>(faults);
            problems = problems == null ? Map.of() : new HashMap<>(problems);
            routes = routes == null ? Map.of() : new HashMap<>(routes);
        }
    }

    /**
     * One instance with regard to one fault or route.
     *
     * @param confirmed whether it has applied what is wanted
     * @param problem why not, if the instance has said so; null otherwise
     */
    public record Confirmation(String service, String instance, boolean confirmed, String problem) {}

    private record Key(String service, String instance) {}

    private static final class Listener {
        private final MultiEmitter<? super State> emitter;
        private Report report = new Report(Map.of(), Map.of(), Map.of());

        Listener(MultiEmitter<? super State> emitter) {
            this.emitter = emitter;
        }
    }

    private record Active(Collection<String> services, double strength) {}

    private final Routes routes;
    // Both are guarded by this.
    private final Map<String, Active> active = new HashMap<>();
    private final Map<Key, Listener> listeners = new LinkedHashMap<>();

    Controls(Routes routes) {
        this.routes = routes;
    }

    /**
     * Listens to the state of a service: at once, after each change, and every few seconds. An instance that listens twice, because it
     * has lost its connection, ends the first stream.
     *
     * @throws IllegalStateException if {@value #MAX_INSTANCES} instances are listening already
     */
    public Multi<State> listen(String service, String instance) {
        var key = new Key(service, instance);
        synchronized (this) {
            if (listeners.size() >= MAX_INSTANCES && !listeners.containsKey(key)) {
                throw new IllegalStateException("Too many instances are listening");
            }
        }
        var states = Multi.createFrom().<State>emitter(emitter -> {
            var listener = new Listener(emitter);
            Listener before;
            synchronized (this) {
                before = listeners.put(key, listener);
            }
            emitter.onTermination(() -> remove(key, listener));
            if (before != null) {
                before.emitter.complete();
            }
            emitter.emit(state(service));
        }, BackPressureStrategy.LATEST);
        var beats = Multi.createFrom().ticks().startingAfter(HEARTBEAT).every(HEARTBEAT).onOverflow().drop().map(_ -> state(service));
        return Multi.createBy().merging().streams(states.onCompletion().failWith(EndedException::new), beats)
                .onFailure(EndedException.class).recoverWithCompletion();
    }

    /** Ends the stream, although its heartbeats would go on. */
    private static final class EndedException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private synchronized void remove(Key key, Listener listener) {
        listeners.remove(key, listener);
    }

    /** Takes the report of an instance. Returns whether it is known. */
    public synchronized boolean report(String service, String instance, Report report) {
        var listener = listeners.get(new Key(service, instance));
        if (listener == null) {
            return false;
        }
        listener.report = report;
        return true;
    }

    /**
     * Switches a fault.
     *
     * @param services those that contain it
     * @param strength empty for off
     */
    public void set(String fault, Collection<String> services, OptionalDouble strength) {
        synchronized (this) {
            if (strength.isPresent()) {
                active.put(fault, new Active(services, strength.getAsDouble()));
            } else {
                active.remove(fault);
            }
            listeners.forEach((key, listener) -> {
                if (services.contains(key.service)) {
                    // Here, so that two changes at the same time arrive in their order.
                    listener.emitter.emit(state(key.service));
                }
            });
        }
    }

    /** Returns the wanted strength of a fault; empty if it is off. */
    public synchronized OptionalDouble strength(String fault) {
        var wanted = active.get(fault);
        return wanted == null ? OptionalDouble.empty() : OptionalDouble.of(wanted.strength);
    }

    /** Returns the instances of these services, in the order in which they came, and whether each has applied the fault's state. */
    public synchronized List<Confirmation> confirmations(String fault, Collection<String> services) {
        var wanted = strength(fault).orElse(0);
        return listeners.entrySet().stream().filter(listener -> services.contains(listener.getKey().service)).map(listener -> {
            var report = listener.getValue().report;
            return new Confirmation(listener.getKey().service, listener.getKey().instance,
                    Double.valueOf(wanted).equals(report.faults.get(fault)), report.problems.get(fault));
        }).toList();
    }

    /** Waits until all instances of these services have applied the fault's state, but not longer than the patience. */
    public Uni<Void> confirmed(String fault, Collection<String> services, Duration patience) {
        return Multi.createFrom().ticks().every(TICK).onOverflow().drop()
                .filter(_ -> isConfirmed(fault, services))
                .toUni().replaceWithVoid()
                .ifNoItem().after(patience).recoverWithItem((Void) null);
    }

    /** An instance that is being restarted must come back before a fault is on. */
    private boolean isConfirmed(String fault, Collection<String> services) {
        var confirmations = confirmations(fault, services);
        return confirmations.stream().allMatch(Confirmation::confirmed) && (!confirmations.isEmpty() || strength(fault).isEmpty());
    }

    /** Sends the routes to all instances, because they have changed. */
    synchronized void routesChanged() {
        listeners.forEach((key, listener) -> listener.emitter.emit(state(key.service)));
    }

    /** Returns all instances, in the order in which they came, and whether each uses the route as it is now. */
    synchronized List<Confirmation> confirmations(Routes.Live route) {
        return listeners.entrySet().stream()
                .map(listener -> new Confirmation(listener.getKey().service, listener.getKey().instance,
                        Long.valueOf(route.revision()).equals(listener.getValue().report.routes.get(route.id())), null))
                .toList();
    }

    /** Waits until all instances use the route, but not longer than half its lease, and at most five seconds. */
    Uni<Void> routed(Routes.Live route) {
        return Multi.createFrom().ticks().every(TICK).onOverflow().drop()
                .filter(_ -> confirmations(route).stream().allMatch(Confirmation::confirmed))
                .toUni().replaceWithVoid()
                .ifNoItem().after(Collections.min(List.of(PATIENCE, route.lease().dividedBy(2)))).recoverWithItem((Void) null);
    }

    /** Returns whether an instance of this service is listening. */
    synchronized boolean isListening(String service) {
        return listeners.keySet().stream().anyMatch(key -> key.service.equals(service));
    }

    private synchronized State state(String service) {
        var faults = new TreeMap<String, Double>();
        active.forEach((id, fault) -> {
            if (fault.services.contains(service)) {
                faults.put(id, fault.strength);
            }
        });
        return new State(faults, routes.live().stream().map(this::state).toList());
    }

    private RouteState state(Routes.Live route) {
        var its = route.definition();
        return new RouteState(route.id(), route.revision(), its.service(), its.url(), its.weight(), its.key(), its.mirror(), its.unsafe(),
                its.events(), routes.leftMillis(route));
    }
}
