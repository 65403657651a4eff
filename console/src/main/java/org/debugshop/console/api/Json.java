package org.debugshop.console.api;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.debugshop.console.analysis.CriticalPath;
import org.debugshop.console.analysis.FailureOrigin;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.RequestStatistics;
import org.debugshop.console.store.ServiceGraph;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceId;
import org.debugshop.console.store.TraceSummary;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The answers of the API as they go over the wire, in snake_case there. Times are RFC 3339 in UTC with nanoseconds. */
final class Json {

    private static final DateTimeFormatter RFC_3339 = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'")
            .withZone(ZoneOffset.UTC);

    private Json() {}

    record Service(String name, int requests,
            @Schema(description = "Requests a second over the time that the window really covers") double rate,
            @Schema(description = "0 to 1") double errorShare,
            double p50Ms, double p95Ms, double p99Ms) {

        static Service of(ServiceGraph.Service service) {
            RequestStatistics of = service.statistics();
            return new Service(service.name(), of.requests(), of.rate(), of.errorShare(), of.p50Millis(), of.p95Millis(), of.p99Millis());
        }
    }

    record Edge(String from, String to, int requests,
            @Schema(description = "Requests a second over the time that the window really covers") double rate,
            @Schema(description = "0 to 1") double errorShare,
            double p50Ms, double p95Ms, double p99Ms,
            @Schema(description = "How many of the requests only the caller told about: the callee is down, not instrumented, or late") int inferred) {

        static Edge of(ServiceGraph.Edge edge) {
            RequestStatistics of = edge.statistics();
            return new Edge(edge.from(), edge.to(), of.requests(), of.rate(), of.errorShare(), of.p50Millis(), of.p95Millis(),
                    of.p99Millis(),
                    edge.inferred());
        }
    }

    record Traces(List<TraceLine> traces, @Schema(nullable = true, description = "For the next page; null on the last") String cursor) {}

    record TraceLine(String traceId, String rootService, String rootOperation, String start, long durationUs, int spans,
            @Schema(description = "Number of spans with status ERROR") int errors, List<String> services,
            @Schema(description = "How many of the spans each service sent") Map<String, Integer> spansByService,
            @Schema(nullable = true, description = "Where it failed") Origin origin) {

        static TraceLine of(TraceSummary trace, Optional<FailureOrigin> origin) {
            return new TraceLine(trace.id().toString(), trace.rootService(), trace.rootOperation(), time(trace.startNanos()),
                    trace.durationNanos() / 1000, trace.spans(), trace.errors(), trace.services(),
                    trace.spansByService(), origin.map(Origin::of).orElse(null));
        }
    }

    record Trace(String traceId, List<SpanView> spans, List<LogLine> logs,
            @Schema(nullable = true, description = "Where it failed; null if no span did") Origin origin,
            @Schema(description = "What it waited for, from its start to its end without gaps") List<Segment> criticalPath) {}

    record Origin(String spanId, String service, String operation, @Schema(nullable = true) String reason,
            @Schema(nullable = true) String errorType,
            @Schema(description = "Whether the service itself says so, by an event shop.failure; otherwise it is the deepest span that failed") boolean declared,
            @Schema(description = "For people", examples = "instabook-cache answered 401: API token authentication is disabled; "
                    + "seen by load-generator-instabook as 500") String sentence) {

        static Origin of(FailureOrigin origin) {
            return new Origin(TraceId.hex(origin.span().spanId()), origin.span().service(), origin.span().name(),
                    origin.reason().orElse(null),
                    origin.errorType().orElse(null), origin.declared(), origin.sentence());
        }
    }

    record Segment(String spanId, String start, long durationUs) {

        static Segment of(CriticalPath.Segment segment) {
            return new Segment(TraceId.hex(segment.span().spanId()), time(segment.startNanos()),
                    (segment.endNanos() - segment.startNanos()) / 1000);
        }
    }

    record Neighbours(@Schema(nullable = true) TraceLine lastGood, @Schema(nullable = true) TraceLine nextGood) {}

    @Schema(name = "Span")
    record SpanView(String spanId,
            @Schema(nullable = true, description = "null for a root; the parent may be missing") String parentSpanId,
            String service, String name, Span.Kind kind, Span.Status status, String statusMessage, String start, long durationUs,
            Map<String, Object> attributes, List<Event> events, List<Link> links, String scope, Map<String, Object> resource) {

        static SpanView of(Span span) {
            return new SpanView(TraceId.hex(span.spanId()), span.isRoot() ? null : TraceId.hex(span.parentId()), span.service(),
                    span.name(),
                    span.kind(), span.status(), span.statusMessage(), time(span.startNanos()), span.durationNanos() / 1000,
                    span.attributes().toMap(), span.events().stream().map(Event::of).toList(), span.links().stream().map(Link::of).toList(),
                    span.scope(), span.resource().attributes().toMap());
        }
    }

    record Event(String name, String time, Map<String, Object> attributes) {

        static Event of(Span.Event event) {
            return new Event(event.name(), Json.time(event.timeNanos()), event.attributes().toMap());
        }
    }

    record Link(String traceId, String spanId, Map<String, Object> attributes) {

        static Link of(Span.Link link) {
            return new Link(link.traceId().toString(), TraceId.hex(link.spanId()), link.attributes().toMap());
        }
    }

    record Logs(List<LogLine> logs, @Schema(nullable = true, description = "For the next page; null on the last") String cursor) {}

    record LogLine(String time, String service, LogRecord.Level level, String message,
            @Schema(nullable = true) String traceId, @Schema(nullable = true) String spanId, Map<String, Object> attributes) {

        static LogLine of(LogRecord entry) {
            return new LogLine(Json.time(entry.timeNanos()), entry.service(), entry.level(), entry.message(),
                    entry.traceId().isValid() ? entry.traceId().toString() : null,
                    entry.spanId() == 0 ? null : TraceId.hex(entry.spanId()), entry.attributes().toMap());
        }
    }

    record Series(Map<String, String> labels,
            @Schema(description = "[milliseconds since the epoch, value]; an infinite value is null") List<Object[]> points,
            @Schema(description = "The latest requests that a histogram's bucket names") List<Exemplar> exemplars) {}

    record Exemplar(String traceId, double value, @Schema(nullable = true) Long epochMs) {}

    static String time(long nanos) {
        return RFC_3339.format(Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L)));
    }
}
