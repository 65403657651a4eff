package org.debugshop.console.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the services did, and who called whom, told from the kept traces alone.
 *
 * <pre>
 * trace 4bf9..                                    counted as
 *   SERVER gateway /products          12 ms         service gateway
 *     CLIENT gateway GET               8 ms ┐
 *       SERVER currency /convert       5 ms ┘       service currency (5 ms), edge gateway → currency (8 ms)
 *     CLIENT gateway GET  ERROR      500 ms         edge gateway → ad-service, inferred: nothing answered, but the
 *       server.port 8083                            same address was ad-service in another trace or in SCRAPE_TARGETS
 * </pre>
 */
public final class ServiceGraph {

    /** A caller's view of a callee; {@code inferred} counts the requests that the callee told nothing about. */
    public record Edge(String from, String to, RequestStatistics statistics, int inferred) {
    }

    /** @see RequestStatistics */
    public record Service(String name, RequestStatistics statistics) {
    }

    private record Pair(String from, String to) {
    }

    private static final class EdgeRequests {
        final Requests requests = new Requests();
        int inferred;
    }

    private final TraceStore store;
    private final Map<String, String> knownAddresses;

    /** @param knownAddresses {@code host:port} → name of the service there, for calls that nothing answered */
    public ServiceGraph(TraceStore store, Map<String, String> knownAddresses) {
        this.store = store;
        this.knownAddresses = Map.copyOf(knownAddresses);
    }

    /**
     * By name, each service that sent a span in the window. A request is a SERVER or CONSUMER span; for a service that has none,
     * such as the load generator, a root span.
     */
    public List<Service> services(long sinceNanos, long nowMillis) {
        Map<String, Requests> entries = new HashMap<>();
        Map<String, Requests> roots = new TreeMap<>();
        double seconds = store.read(traces -> {
            for (Trace trace : traces) {
                for (int i = 0; i < trace.size(); i++) {
                    Span span = trace.span(i);
                    if (span.startNanos() < sinceNanos) {
                        continue;
                    }
                    Requests ofRoots = roots.computeIfAbsent(span.service(), _ -> new Requests());
                    if (span.kind().isEntry()) {
                        entries.computeIfAbsent(span.service(), _ -> new Requests()).add(span.durationNanos(), span.isError());
                    } else if (span.isRoot()) {
                        ofRoots.add(span.durationNanos(), span.isError());
                    }
                }
            }
            return coveredSeconds(traces, sinceNanos, nowMillis);
        });
        return roots.entrySet().stream()
                .map(service -> new Service(service.getKey(), entries.getOrDefault(service.getKey(), service.getValue()).over(seconds)))
                .toList();
    }

    /**
     * By caller and callee. Duration and error are the caller's (its CLIENT span), so that the network and a callee that is down count;
     * for messages they are the consumer's, as a producer does not wait.
     */
    public List<Edge> edges(long sinceNanos, long nowMillis) {
        Map<Pair, EdgeRequests> edges = new HashMap<>();
        Map<String, String> addresses = new HashMap<>(knownAddresses);
        List<Span> unanswered = new ArrayList<>();
        double seconds = store.read(traces -> {
            for (Trace trace : traces) {
                collect(trace, sinceNanos, edges, addresses, unanswered);
            }
            return coveredSeconds(traces, sinceNanos, nowMillis);
        });
        for (Span exit : unanswered) {
            String to = callee(exit, addresses);
            if (to != null && !to.equals(exit.service())) {
                EdgeRequests edge = edges.computeIfAbsent(new Pair(exit.service(), to), _ -> new EdgeRequests());
                edge.requests.add(exit.durationNanos(), exit.isError());
                edge.inferred++;
            }
        }
        return edges.entrySet().stream()
                .map(edge -> new Edge(edge.getKey().from, edge.getKey().to, edge.getValue().requests.over(seconds), edge.getValue().inferred))
                .sorted(Comparator.comparing(Edge::from).thenComparing(Edge::to))
                .toList();
    }

    private static void collect(Trace trace, long sinceNanos, Map<Pair, EdgeRequests> edges, Map<String, String> addresses,
            List<Span> unanswered) {
        List<Span> spans = trace.spans();
        Map<Long, Span> byId = trace.isLarge() ? Trace.byId(spans) : null;
        List<Long> answered = new ArrayList<>();
        for (Span entry : spans) {
            if (!entry.kind().isEntry() || entry.isRoot()) {
                continue;
            }
            Span caller = Trace.find(spans, byId, entry.parentId());
            if (caller == null) {
                continue;
            }
            answered.add(caller.spanId());
            if (caller.service().equals(entry.service())) {
                continue;
            }
            String address = address(caller);
            if (address != null && caller.kind() == Span.Kind.CLIENT) {
                addresses.put(address, entry.service());
            }
            Span measured = entry.kind() == Span.Kind.CONSUMER ? entry : caller;
            if (measured.startNanos() >= sinceNanos) {
                edges.computeIfAbsent(new Pair(caller.service(), entry.service()), _ -> new EdgeRequests())
                        .requests.add(measured.durationNanos(), measured.isError());
            }
        }
        Collection<Long> quickAnswered = answered.size() > 16 ? new HashSet<>(answered) : answered;
        for (Span exit : spans) {
            if (exit.kind().isExit() && exit.startNanos() >= sinceNanos && !quickAnswered.contains(exit.spanId())) {
                unanswered.add(exit);
            }
        }
    }

    /** Who was called, as far as the caller knows; null if it cannot be told. */
    private static String callee(Span exit, Map<String, String> addresses) {
        String address = address(exit);
        String known = address == null ? null : addresses.get(address);
        if (known != null) {
            return known;
        }
        for (String attribute : List.of("service.peer.name", "peer.service", "db.system.name", "db.system", "messaging.system")) {
            String name = exit.attributes().text(attribute);
            if (name != null) {
                return name;
            }
        }
        return address;
    }

    private static String address(Span exit) {
        String host = exit.attributes().text("server.address");
        String port = exit.attributes().text("server.port");
        if (host == null) {
            return null;
        }
        // The service names of SCRAPE_TARGETS are found under either name of this machine.
        String name = host.equals("127.0.0.1") || host.equals("::1") || host.equals("[::1]") ? "localhost" : host;
        return port == null ? name : name + ":" + port;
    }

    /** From the later of {@code since} and the arrival of the eldest trace, before which nothing is known, until now; at least one second. */
    private static double coveredSeconds(Collection<Trace> traces, long sinceNanos, long nowMillis) {
        long fromMillis = sinceNanos / 1_000_000;
        if (!traces.isEmpty()) {
            fromMillis = Math.max(fromMillis, traces.iterator().next().arrivedMillis);
        }
        return Math.max(1, (nowMillis - fromMillis) / 1000.0);
    }
}
