package org.debugshop.console.analysis;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongToIntFunction;
import org.debugshop.console.analysis.Peers.Address;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceStore;
import org.debugshop.console.store.TraceView;

/**
 * The requests of the services, and their calls to each other, computed only from the stored traces.
 *
 * <pre>
 * trace 4bf9..                                    counted as
 *   SERVER gateway /products          12 ms         service gateway
 *     CLIENT gateway GET               8 ms ┐
 *       SERVER currency /convert       5 ms ┘       service currency (5 ms), edge gateway → currency (8 ms)
 *     CLIENT gateway GET  ERROR      500 ms         edge gateway → ad-service, inferred: nothing answered, but the
 *       server.port 8083                            same address was ad-service in another trace or in SCRAPE_TARGETS
 *     PRODUCER checkout send orders    2 ms         edge checkout → topic orders
 *       CONSUMER inventory process     9 ms         service inventory, edge topic orders → inventory
 * </pre>
 */
public final class ServiceGraph {

    /** A caller's view of a callee; {@code inferred} counts the requests for which the callee sent no span. */
    public record Edge(String from, String to, RequestStatistics statistics, int inferred) {}

    /** @see RequestStatistics */
    public record Service(String name, RequestStatistics statistics) {}

    /** A caller and a callee. */
    public record Pair(String from, String to) {}

    /** @param seconds the period that has data, see {@link RequestStatistics#rate} */
    public record Observed<T>(T requests, double seconds) {}

    /** The requests of one service to another. */
    public static final class EdgeRequests {
        private final Requests requests = new Requests();
        private int inferred;

        public Requests requests() {
            return requests;
        }

        /** Returns for how many of them the callee sent no span. */
        public int inferred() {
            return inferred;
        }
    }

    /** Of one service. */
    private static final int MAX_COPIES = 20;
    /** Of one version. */
    private static final int MAX_INSTANCES = 20;

    private final TraceStore store;
    private final Map<Address, String> knownAddresses = new HashMap<>();

    /** @param namesByAddress {@code host:port} → name of the service there, for calls that nothing answered */
    public ServiceGraph(TraceStore store, Map<String, String> namesByAddress) {
        this.store = store;
        knownAddresses.putAll(Peers.byAddress(namesByAddress));
    }

    /**
     * Returns each service that sent a span in the window, sorted by name. A request is a SERVER or CONSUMER span; for a service
     * that has none, such as the load generator, a root span.
     */
    public List<Service> services(long sinceNanos, long nowMillis) {
        Observed<Map<String, Requests>> observed = observeServices(sinceNanos, nowMillis);
        return observed.requests().entrySet().stream()
                .map(service -> new Service(service.getKey(), service.getValue().over(observed.seconds())))
                .sorted(Comparator.comparing(Service::name))
                .toList();
    }

    /**
     * The requests that one version of a service has handled.
     *
     * @param version {@code service.version}; empty if the spans have none
     * @param instances {@code service.instance.id} of its processes, sorted; not all if there are many
     */
    public record Copy(String version, List<String> instances, RequestStatistics statistics) {}

    private static final class OneCopy {
        private final Requests entries = new Requests();
        private final Requests roots = new Requests();
        private final SortedSet<String> instances = new TreeSet<>();
    }

    /** Returns the requests of a service by its versions, sorted by version. A request is what it is for {@link #services}. */
    public Observed<List<Copy>> copies(String service, long sinceNanos, long nowMillis) {
        SortedMap<String, OneCopy> copies = new TreeMap<>();
        double seconds = store.read(traces -> {
            for (TraceView trace : traces) {
                for (int i = 0; i < trace.size(); i++) {
                    Span span = trace.span(i);
                    if (span.startNanos() >= sinceNanos && span.service().equals(service)) {
                        collect(span, copies);
                    }
                }
            }
            return coveredSeconds(traces, sinceNanos, nowMillis);
        });
        boolean entries = copies.values().stream().anyMatch(copy -> !copy.entries.isEmpty());
        return new Observed<>(copies.entrySet().stream()
                .map(copy -> new Copy(copy.getKey(), List.copyOf(copy.getValue().instances),
                        (entries ? copy.getValue().entries : copy.getValue().roots).over(seconds)))
                .limit(MAX_COPIES).toList(), seconds);
    }

    private static void collect(Span span, SortedMap<String, OneCopy> copies) {
        OneCopy copy = copies.computeIfAbsent(version(span), _ -> new OneCopy());
        String instance = span.resource().attributes().text("service.instance.id");
        if (instance != null && copy.instances.size() < MAX_INSTANCES) {
            copy.instances.add(instance);
        }
        if (span.kind().isEntry()) {
            copy.entries.add(span.startNanos(), span.durationNanos(), span.isError());
        } else if (span.isRoot()) {
            copy.roots.add(span.startNanos(), span.durationNanos(), span.isError());
        }
    }

    /** Returns the versions of each service that sent a span in the window. */
    public Map<String, SortedSet<String>> versions(long sinceNanos) {
        Map<String, SortedSet<String>> versions = new HashMap<>();
        store.read(traces -> {
            for (TraceView trace : traces) {
                for (int i = 0; i < trace.size(); i++) {
                    Span span = trace.span(i);
                    if (span.startNanos() >= sinceNanos) {
                        SortedSet<String> known = versions.computeIfAbsent(span.service(), _ -> new TreeSet<>());
                        if (known.size() < MAX_COPIES) {
                            known.add(version(span));
                        }
                    }
                }
            }
            return versions;
        });
        return versions;
    }

    private static String version(Span span) {
        String version = span.resource().attributes().text("service.version");
        return version == null ? "" : version;
    }

    /** Returns the requests of each service; see {@link #services}. */
    public Observed<Map<String, Requests>> observeServices(long sinceNanos, long nowMillis) {
        record Both(Requests entries, Requests roots) {}
        Map<String, Both> services = new HashMap<>();
        double seconds = store.read(traces -> {
            for (TraceView trace : traces) {
                for (int i = 0; i < trace.size(); i++) {
                    Span span = trace.span(i);
                    if (span.startNanos() < sinceNanos) {
                        continue;
                    }
                    Both service = services.computeIfAbsent(span.service(), _ -> new Both(new Requests(), new Requests()));
                    if (span.kind().isEntry()) {
                        service.entries.add(span.startNanos(), span.durationNanos(), span.isError());
                    } else if (span.isRoot()) {
                        service.roots.add(span.startNanos(), span.durationNanos(), span.isError());
                    }
                }
            }
            return coveredSeconds(traces, sinceNanos, nowMillis);
        });
        Map<String, Requests> requests = HashMap.newHashMap(services.size());
        services.forEach((name, both) -> requests.put(name, both.entries.isEmpty() ? both.roots : both.entries));
        return new Observed<>(requests, seconds);
    }

    /**
     * Returns the calls, sorted by caller and callee. Duration and error are the caller's (its CLIENT span), so they include the
     * network and a callee that is down. If the spans of a message name its topic, the topic stands between the producer and the
     * consumer: the producer calls it, and it calls the consumer. Otherwise duration and error are the consumer's, because a
     * producer doesn't wait.
     */
    public List<Edge> edges(long sinceNanos, long nowMillis) {
        Observed<Map<Pair, EdgeRequests>> observed = observeEdges(sinceNanos, nowMillis);
        return observed.requests().entrySet().stream()
                .map(edge -> new Edge(edge.getKey().from, edge.getKey().to, edge.getValue().requests.over(observed.seconds()),
                        edge.getValue().inferred))
                .sorted(Comparator.comparing(Edge::from).thenComparing(Edge::to))
                .toList();
    }

    /** Returns the requests of each caller to each callee; see {@link #edges}. */
    public Observed<Map<Pair, EdgeRequests>> observeEdges(long sinceNanos, long nowMillis) {
        Map<Pair, EdgeRequests> edges = new HashMap<>();
        List<Span> unanswered = new ArrayList<>();
        Map<Address, String> addresses = new HashMap<>(knownAddresses);
        double seconds = store.read(traces -> {
            var answered = new BitSet();
            for (TraceView trace : traces) {
                collect(trace, sinceNanos, edges, unanswered, answered);
            }
            learn(traces, unanswered, addresses);
            return coveredSeconds(traces, sinceNanos, nowMillis);
        });
        for (Span exit : unanswered) {
            String to = Peers.callee(exit, addresses);
            if (to != null && !to.equals(exit.service())) {
                EdgeRequests edge = edges.computeIfAbsent(new Pair(exit.service(), to), _ -> new EdgeRequests());
                edge.requests.add(exit.startNanos(), exit.durationNanos(), exit.isError());
                edge.inferred++;
            }
        }
        return new Observed<>(edges, seconds);
    }

    /** Collects the calls of one trace, and those that nothing answered. */
    private static void collect(TraceView trace, long sinceNanos, Map<Pair, EdgeRequests> edges, List<Span> unanswered, BitSet answered) {
        answered.clear();
        LongToIntFunction indexes = trace.indexes();
        for (int i = 0; i < trace.size(); i++) {
            String topic = Peers.topic(trace.span(i));
            if (topic != null) {
                answered.set(i);
                Span span = trace.span(i);
                if (span.startNanos() >= sinceNanos) {
                    edges.computeIfAbsent(span.kind().isExit() ? new Pair(span.service(), topic) : new Pair(topic, span.service()),
                            _ -> new EdgeRequests()).requests.add(span.startNanos(), span.durationNanos(), span.isError());
                }
            }
        }
        for (int i = 0; i < trace.size(); i++) {
            Span entry = trace.span(i);
            if (Peers.topic(entry) != null) {
                continue;
            }
            int callerIndex = entry.kind().isEntry() && !entry.isRoot() ? indexes.applyAsInt(entry.parentId()) : -1;
            if (callerIndex < 0) {
                continue;
            }
            answered.set(callerIndex);
            Span caller = trace.span(callerIndex);
            Span measured = entry.kind() == Span.Kind.CONSUMER ? entry : caller;
            if (measured.startNanos() >= sinceNanos && !caller.service().equals(entry.service())) {
                edges.computeIfAbsent(new Pair(caller.service(), entry.service()), _ -> new EdgeRequests()).requests
                        .add(measured.startNanos(), measured.durationNanos(), measured.isError());
            }
        }
        for (int i = 0; i < trace.size(); i++) {
            Span exit = trace.span(i);
            if (exit.kind().isExit() && exit.startNanos() >= sinceNanos && !answered.get(i)) {
                unanswered.add(exit);
            }
        }
    }

    /** Looks in all traces for services that answered at the addresses of the unanswered calls, if some addresses are unknown. */
    private static void learn(Collection<? extends TraceView> traces, List<Span> unanswered, Map<Address, String> addresses) {
        Set<Address> wanted = new HashSet<>();
        for (Span exit : unanswered) {
            Address address = Peers.address(exit);
            if (address != null && !addresses.containsKey(address)) {
                wanted.add(address);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        for (TraceView trace : traces) {
            LongToIntFunction indexes = trace.indexes();
            for (int i = 0; i < trace.size(); i++) {
                Span entry = trace.span(i);
                int callerIndex = entry.kind() == Span.Kind.SERVER && !entry.isRoot() ? indexes.applyAsInt(entry.parentId()) : -1;
                Address address = callerIndex < 0 ? null : Peers.address(trace.span(callerIndex));
                if (address != null && wanted.contains(address)) {
                    addresses.put(address, entry.service());
                }
            }
        }
    }

    /**
     * Returns the length of the period with data, at least one second: from {@code since}, or from the arrival of the oldest trace
     * if that is later, until now.
     */
    private static double coveredSeconds(Collection<? extends TraceView> traces, long sinceNanos, long nowMillis) {
        long fromMillis = sinceNanos / 1_000_000;
        if (!traces.isEmpty()) {
            fromMillis = Math.max(fromMillis, traces.iterator().next().arrivedMillis());
        }
        return Math.max(1, (nowMillis - fromMillis) / 1000.0);
    }
}
