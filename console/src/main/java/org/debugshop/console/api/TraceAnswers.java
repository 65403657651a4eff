package org.debugshop.console.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.debugshop.console.analysis.Common;
import org.debugshop.console.analysis.CriticalPath;
import org.debugshop.console.analysis.FailureOrigin;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceId;
import org.debugshop.console.store.TraceSummary;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Answers about traces. Their JSON has snake_case names. */
final class TraceAnswers {

    private TraceAnswers() {}

    record Traces(List<TraceLine> traces,
            @Schema(nullable = true, description = "The cursor of the next page; null on the last page") String cursor,
            @Schema(nullable = true, description = "Since when all traces are kept; of older ones, only some. Null if all are kept") String completeSince) {}

    @Schema(name = "CommonOfTraces")
    record InCommon(@Schema(description = "How many traces match; at most 500 are compared") int selected,
            @Schema(description = "How many traces they are compared with") int others,
            @Schema(description = "What separates them best comes first") List<Common.Shared> shared) {}

    record TraceLine(String traceId, String rootService, String rootOperation, String start, long durationUs, int spans,
            @Schema(description = ApiTexts.LEFT_OUT) int spansLeftOut,
            @Schema(description = "Number of spans with status ERROR") int errors, List<String> services,
            @Schema(description = "How many spans each service sent") Map<String, Integer> spansByService,
            @Schema(nullable = true, description = "Where the failure starts") Origin origin) {

        static TraceLine of(TraceSummary trace, Optional<FailureOrigin> origin) {
            return new TraceLine(trace.id().toString(), trace.rootService(), trace.rootOperation(), Timestamps.text(trace.startNanos()),
                    trace.durationNanos() / 1000, trace.spans(), trace.leftOut(), trace.errors(), trace.services(),
                    trace.spansByService(), origin.map(Origin::of).orElse(null));
        }
    }

    record Trace(String traceId, @Schema(description = ApiTexts.LEFT_OUT) int spansLeftOut, List<SpanView> spans,
            List<LogAnswers.LogLine> logs,
            @Schema(nullable = true, description = "Where the failure starts; null if no span failed") Origin origin,
            @Schema(description = "The critical path: what the trace waited for, from its start to its end without gaps") List<Segment> criticalPath) {}

    record Origin(String spanId, String service, String operation, @Schema(nullable = true) String reason,
            @Schema(nullable = true) String errorType,
            @Schema(description = "Whether the service itself marked the span with an event shop.failure; otherwise it is the deepest failed span") boolean declared,
            @Schema(description = "A sentence for users", examples = "instabook-cache answered 401: API token authentication is disabled; "
                    + "seen by load-generator-instabook as 500") String sentence) {

        static Origin of(FailureOrigin origin) {
            return new Origin(TraceId.hex(origin.span().spanId()), origin.span().service(), origin.span().name(),
                    origin.reason().orElse(null),
                    origin.errorType().orElse(null), origin.declared(), origin.sentence());
        }
    }

    record Segment(String spanId, String start, long durationUs) {

        static Segment of(CriticalPath.Segment segment) {
            return new Segment(TraceId.hex(segment.span().spanId()), Timestamps.text(segment.startNanos()),
                    (segment.endNanos() - segment.startNanos()) / 1000);
        }
    }

    record Neighbours(@Schema(nullable = true) TraceLine lastGood, @Schema(nullable = true) TraceLine nextGood) {}

    @Schema(name = "Span")
    record SpanView(String spanId,
            @Schema(nullable = true, description = "null for a root; the parent itself may be missing") String parentSpanId,
            String service, String name, Span.Kind kind, Span.Status status, String statusMessage, String start, long durationUs,
            Map<String, Object> attributes, @Schema(description = ApiTexts.TEXTS) Map<String, String> attributeTexts, List<Event> events,
            List<Link> links, String scope, Map<String, Object> resource,
            @Schema(description = ApiTexts.TEXTS) Map<String, String> resourceTexts,
            @Schema(description = ApiTexts.RESOURCE_LEFT_OUT) int resourceValuesLeftOut,
            @Schema(nullable = true, description = "The status of the HTTP answer, by the current name of the attribute or an old one") String httpStatus,
            @Schema(nullable = true, description = ApiTexts.ALTERED) Altered altered) {

        static SpanView of(Span span) {
            return new SpanView(TraceId.hex(span.spanId()), span.isRoot() ? null : TraceId.hex(span.parentId()), span.service(),
                    span.name(),
                    span.kind(), span.status(), span.statusMessage(), Timestamps.text(span.startNanos()), span.durationNanos() / 1000,
                    span.attributes().toMap(), span.attributes().texts(), span.events().stream().map(Event::of).toList(),
                    span.links().stream().map(Link::of).toList(),
                    span.scope(), span.resource().attributes().toMap(), span.resource().attributes().texts(),
                    span.resource().valuesLeftOut(), FailureOrigin.status(span).orElse(null), Altered.of(span.alteration()));
        }
    }

    record Event(String name, @Schema(nullable = true, description = "null if the sender gave no valid one") String time,
            Map<String, Object> attributes, @Schema(description = ApiTexts.TEXTS) Map<String, String> attributeTexts) {

        static Event of(Span.Event event) {
            return new Event(event.name(), event.timeNanos() == 0 ? null : Timestamps.text(event.timeNanos()), event.attributes().toMap(),
                    event.attributes().texts());
        }
    }

    record Link(String traceId, String spanId, Map<String, Object> attributes,
            @Schema(description = ApiTexts.TEXTS) Map<String, String> attributeTexts) {

        static Link of(Span.Link link) {
            return new Link(link.traceId().toString(), TraceId.hex(link.spanId()), link.attributes().toMap(),
                    link.attributes().texts());
        }
    }
}
