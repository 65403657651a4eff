package org.debugshop.console.analysis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceId;
import org.debugshop.console.store.TraceQuery;
import org.debugshop.console.store.TraceStore;
import org.debugshop.console.store.TraceSummary;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Finds where the failures of the last minutes start, from the newest failed traces. */
public final class Origins {

    /** How many failed traces are examined. */
    static final int MAX_TRACES = 500;
    static final int MAX_ORIGINS = 20;
    /** How many kinds of failures are counted separately. A message that contains an id makes each failure a different kind. */
    static final int MAX_KINDS = 100;
    /** A failure has ended after this many successes of the same operation without another failure, or after a long time without any. */
    private static final int ENOUGH_GOOD = 3;
    /** A reason that no service can have, because real reasons are not blank. */
    private static final String OTHERS = " ";
    private static final long SILENT_NANOS = 60_000_000_000L;

    /**
     * @param reason a sentence; null if there is none
     * @param declared whether the service itself marked the origin
     * @param traces how many of the newest {@value #MAX_TRACES} failed traces that are kept have this origin. If there are too many different
     *        reasons, it counts all failures of the service that aren't listed separately, of which this is the latest
     * @param active whether the failure continues
     * @param example the latest trace with this origin
     * @param seenBy the services above the origin in that trace, the nearest first
     */
    @Schema(name = "FailureOrigin")
    public record Origin(String service, String operation, String reason, String errorType, String sentence, boolean declared, int traces,
            Instant firstSeen, Instant lastSeen, boolean active, String example, List<String> seenBy) {}

    /** @param reason {@link #OTHERS} for all that are not counted separately */
    private record Kind(String service, String reason) {}

    private static final class Found {
        FailureOrigin latest;
        TraceId example;
        List<String> seenBy;
        int traces;
        long first;
        long last;
        int goodSince;
    }

    private Origins() {}

    /**
     * Returns the origins: active ones first, then the latest, then the most frequent.
     *
     * @param blind whether {@link Declarations} are ignored
     */
    static List<Origin> of(TraceStore store, long sinceNanos, long nowNanos, boolean blind) {
        var failed = TraceQuery.failed(sinceNanos, MAX_TRACES);
        Map<Kind, Found> kinds = new HashMap<>();
        for (TraceSummary trace : store.find(failed).items()) {
            List<Span> sent = store.trace(trace.id());
            List<Span> spans = blind ? Declarations.hidden(sent) : sent;
            FailureOrigin.of(spans).ifPresent(origin -> note(kinds, origin, spans, trace.id()));
        }
        countGood(store, kinds, nowNanos);
        return kinds.values().stream().map(found -> origin(found, nowNanos))
                .sorted(Comparator.comparing(Origin::active).thenComparing(Origin::lastSeen).thenComparing(Origin::traces).reversed())
                .limit(MAX_ORIGINS).toList();
    }

    private static void note(Map<Kind, Found> kinds, FailureOrigin origin, List<Span> spans, TraceId trace) {
        long at = origin.span().endNanos();
        var kind = new Kind(origin.span().service(), origin.reason().orElse(""));
        if (kinds.size() >= MAX_KINDS && !kinds.containsKey(kind)) {
            kind = new Kind(origin.span().service(), OTHERS);
        }
        var found = kinds.computeIfAbsent(kind, _ -> new Found());
        found.traces++;
        if (found.latest == null || at > found.last) {
            found.latest = origin;
            found.last = at;
            found.example = trace;
            found.seenBy = above(spans, origin.span());
        }
        found.first = found.first == 0 ? at : Math.min(found.first, at);
    }

    private static List<String> above(List<Span> spans, Span origin) {
        var tree = new SpanTree(spans);
        var services = new ArrayList<String>();
        for (int i = tree.parent(spans.indexOf(origin)); i >= 0; i = tree.parent(i)) {
            String service = spans.get(i).service();
            if (!service.equals(origin.service()) && !services.contains(service)) {
                services.add(service);
            }
        }
        return services;
    }

    /** Counts successes since each failure, in one pass over the store for all kinds. */
    private static void countGood(TraceStore store, Map<Kind, Found> kinds, long nowNanos) {
        var recent = kinds.values().stream().filter(found -> nowNanos - found.last < SILENT_NANOS).toList();
        Map<String, Set<String>> operations = new HashMap<>();
        recent.forEach(found -> operations.computeIfAbsent(found.latest.span().service(), _ -> new HashSet<>())
                .add(found.latest.span().name()));
        var good = store.newestGood(operations, ENOUGH_GOOD);
        for (Found found : recent) {
            Span span = found.latest.span();
            found.goodSince = (int) good.get(span.service()).get(span.name()).stream().filter(start -> start >= found.last).count();
        }
    }

    private static Origin origin(Found found, long nowNanos) {
        boolean active = nowNanos - found.last < SILENT_NANOS && found.goodSince < ENOUGH_GOOD;
        Span span = found.latest.span();
        return new Origin(span.service(), span.name(), found.latest.reason().orElse(null), found.latest.errorType().orElse(null),
                found.latest.sentence(), found.latest.declared(), found.traces, Times.instant(found.first), Times.instant(found.last),
                active,
                found.example.toString(), found.seenBy);
    }
}
