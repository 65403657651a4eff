package org.debugshop.console.api;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.debugshop.console.analysis.CriticalPath;
import org.debugshop.console.analysis.FailureOrigin;
import org.debugshop.console.analysis.RequestStatistics;
import org.debugshop.console.analysis.ServiceGraph;
import org.debugshop.console.store.Alteration;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceId;
import org.debugshop.console.store.TraceSummary;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The answers of the API as they go over the wire, in snake_case there. Times are RFC 3339 in UTC with nanoseconds. */
final class Json {

    private static final DateTimeFormatter RFC_3339 = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'")
            .withZone(ZoneOffset.UTC);

    private static final String TEXTS = "The values that are no text as text, exactly as a search for key=value finds them";
    private static final String LEFT_OUT = "How many spans have arrived and are not kept, because the trace is too large";
    private static final String RESOURCE_LEFT_OUT = "How many attributes of the resource are missing";
    private static final String ALTERED = "How it differs from what was sent; null if it does not";

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
            @Schema(description = LEFT_OUT) int spansLeftOut,
            @Schema(description = "Number of spans with status ERROR") int errors, List<String> services,
            @Schema(description = "How many of the spans each service sent") Map<String, Integer> spansByService,
            @Schema(nullable = true, description = "Where it failed") Origin origin) {

        static TraceLine of(TraceSummary trace, Optional<FailureOrigin> origin) {
            return new TraceLine(trace.id().toString(), trace.rootService(), trace.rootOperation(), time(trace.startNanos()),
                    trace.durationNanos() / 1000, trace.spans(), trace.leftOut(), trace.errors(), trace.services(),
                    trace.spansByService(), origin.map(Origin::of).orElse(null));
        }
    }

    record Trace(String traceId, @Schema(description = LEFT_OUT) int spansLeftOut, List<SpanView> spans, List<LogLine> logs,
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
            Map<String, Object> attributes, @Schema(description = TEXTS) Map<String, String> attributeTexts, List<Event> events,
            List<Link> links, String scope, Map<String, Object> resource, @Schema(description = TEXTS) Map<String, String> resourceTexts,
            @Schema(description = RESOURCE_LEFT_OUT) int resourceValuesLeftOut,
            @Schema(nullable = true, description = ALTERED) Altered altered) {

        static SpanView of(Span span) {
            return new SpanView(TraceId.hex(span.spanId()), span.isRoot() ? null : TraceId.hex(span.parentId()), span.service(),
                    span.name(),
                    span.kind(), span.status(), span.statusMessage(), time(span.startNanos()), span.durationNanos() / 1000,
                    span.attributes().toMap(), span.attributes().texts(), span.events().stream().map(Event::of).toList(),
                    span.links().stream().map(Link::of).toList(),
                    span.scope(), span.resource().attributes().toMap(), span.resource().attributes().texts(),
                    span.resource().valuesLeftOut(), Altered.of(span.alteration()));
        }
    }

    record Altered(int valuesLeftOut, int charactersLeftOut,
            @Schema(nullable = true, description = "Which time could not be and was replaced; of a log record it is START") Alteration.Replaced timeReplaced) {

        /** Null if nothing differs. */
        static Altered of(Alteration alteration) {
            return alteration.equals(Alteration.NONE)
                    ? null
                    : new Altered(alteration.valuesLeftOut(), alteration.charactersLeftOut(),
                            alteration.replaced() == Alteration.Replaced.NONE ? null : alteration.replaced());
        }
    }

    record Event(String name, @Schema(nullable = true, description = "null if the sender gave none that can be") String time,
            Map<String, Object> attributes, @Schema(description = TEXTS) Map<String, String> attributeTexts) {

        static Event of(Span.Event event) {
            return new Event(event.name(), event.timeNanos() == 0 ? null : Json.time(event.timeNanos()), event.attributes().toMap(),
                    event.attributes().texts());
        }
    }

    record Link(String traceId, String spanId, Map<String, Object> attributes,
            @Schema(description = TEXTS) Map<String, String> attributeTexts) {

        static Link of(Span.Link link) {
            return new Link(link.traceId().toString(), TraceId.hex(link.spanId()), link.attributes().toMap(),
                    link.attributes().texts());
        }
    }

    record Logs(List<LogLine> logs, @Schema(nullable = true, description = "For the next page; null on the last") String cursor) {}

    record LogLine(String time, String service, LogRecord.Level level,
            @Schema(nullable = true, description = "What kind of event it is; null if it is none") String eventName,
            @Schema(description = "A body with a structure is JSON") String message,
            @Schema(nullable = true) String traceId, @Schema(nullable = true) String spanId, Map<String, Object> attributes,
            @Schema(description = TEXTS) Map<String, String> attributeTexts,
            @Schema(description = "The name of the instrumentation scope, usually the logger; may be empty") String scope,
            Map<String, Object> resource, @Schema(description = TEXTS) Map<String, String> resourceTexts,
            @Schema(description = RESOURCE_LEFT_OUT) int resourceValuesLeftOut,
            @Schema(nullable = true, description = ALTERED) Altered altered) {

        static LogLine of(LogRecord entry) {
            return new LogLine(Json.time(entry.timeNanos()), entry.service(), entry.level(),
                    entry.eventName().isEmpty() ? null : entry.eventName(), entry.message(),
                    entry.traceId().isValid() ? entry.traceId().toString() : null,
                    entry.spanId() == 0 ? null : TraceId.hex(entry.spanId()), entry.attributes().toMap(),
                    entry.attributes().texts(), entry.scope(), entry.resource().attributes().toMap(),
                    entry.resource().attributes().texts(), entry.resource().valuesLeftOut(), Altered.of(entry.alteration()));
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
