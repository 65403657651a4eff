package org.debugshop.console.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.debugshop.console.analysis.Common;
import org.debugshop.console.analysis.CriticalPath;
import org.debugshop.console.analysis.FailureOrigin;
import org.debugshop.console.analysis.Vocabulary;
import org.debugshop.console.store.Cursor;
import org.debugshop.console.store.LogStore;
import org.debugshop.console.store.Range;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceId;
import org.debugshop.console.store.TraceQuery;
import org.debugshop.console.store.TraceQuery.SpanFilter;
import org.debugshop.console.store.TraceStore;
import org.debugshop.console.store.TraceSummary;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Searches traces, and returns single traces. */
@Path("/api")
@Tag(name = "Traces")
public class TracesResource {

    private static final int MAX_LOGS_OF_TRACE = 1000;
    private static final int MAX_COMPARED = 500;
    private static final int MAX_OTHERS = 1000;

    private final TraceStore traces;
    private final LogStore logs;

    TracesResource(TraceStore traces, LogStore logs) {
        this.traces = traces;
        this.logs = logs;
    }

    @GET
    @Path("/vocabulary")
    @Operation(summary = "The terms for a search: services, operations, and attributes with some of their values", description = "At most 500 operations, 200 attributes and 12 values of each.")
    public Vocabulary vocabulary(
            @Parameter(description = "The service whose operations and attributes are returned; default: all") @QueryParam("service") String service) {
        return Vocabulary.of(traces, QueryParameters.text(service));
    }

    @GET
    @Path("/traces")
    @Operation(summary = "Traces, newest first", description = "service, operation and attribute must match the same span; the other parameters apply to the trace.")
    @APIResponse(responseCode = "200", description = "A page of traces")
    @APIResponse(responseCode = "400", description = "A parameter is invalid")
    public TraceAnswers.Traces find(
            @Parameter(description = "service.name of a span") @QueryParam("service") String service,
            @Parameter(description = "Name of a span") @QueryParam("operation") String operation,
            @Parameter(description = "Whether a span has status ERROR", schema = @Schema(type = SchemaType.BOOLEAN)) @QueryParam("error") String error,
            @Parameter(description = "The minimum duration, from the first start to the last end", schema = @Schema(type = SchemaType.NUMBER)) @QueryParam("min_duration_ms") String minDurationMs,
            @Parameter(description = "The maximum duration", schema = @Schema(type = SchemaType.NUMBER)) @QueryParam("max_duration_ms") String maxDurationMs,
            @Parameter(description = "key=value: an attribute of the span or its resource; may be repeated", example = "http.route=/products") @QueryParam("attribute") List<String> attribute,
            @Parameter(description = ApiTexts.SINCE) @QueryParam("since") String since,
            @Parameter(description = ApiTexts.UNTIL) @QueryParam("until") String until,
            @Parameter(description = ApiTexts.LIMIT, schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("limit") String limit,
            @Parameter(description = ApiTexts.CURSOR) @QueryParam("cursor") String cursor) {
        var page = traces.find(query(service, operation, error, minDurationMs, maxDurationMs, attribute, since, until,
                QueryParameters.limit(limit), QueryParameters.cursor(cursor)));
        return new TraceAnswers.Traces(page.items().stream().map(this::line).toList(), page.next().map(Cursor::toString).orElse(null),
                traces.completeSince().map(Instant::toString).orElse(null));
    }

    @GET
    @Path("/traces/common")
    @Operation(summary = "What the traces that match have in common", description = "The newest 500 that match are compared with traces of the same root operations in the same period that don't match "
            + "(of any time, if there are none). A row is a value that clearly more of the matching traces have: of an attribute of a span or "
            + "of its resource (for a list, of an element), or a span that is there (attribute span) or missing (no span). "
            + "At most 20 rows, 3 of each attribute, are returned.")
    @APIResponse(responseCode = "200", description = "The rows; none if nothing separates the traces")
    @APIResponse(responseCode = "400", description = "A parameter is invalid")
    public TraceAnswers.InCommon common(
            @Parameter(description = "service.name of a span") @QueryParam("service") String service,
            @Parameter(description = "Name of a span") @QueryParam("operation") String operation,
            @Parameter(description = "Whether a span has status ERROR", schema = @Schema(type = SchemaType.BOOLEAN)) @QueryParam("error") String error,
            @Parameter(description = "The minimum duration, from the first start to the last end", schema = @Schema(type = SchemaType.NUMBER)) @QueryParam("min_duration_ms") String minDurationMs,
            @Parameter(description = "The maximum duration", schema = @Schema(type = SchemaType.NUMBER)) @QueryParam("max_duration_ms") String maxDurationMs,
            @Parameter(description = "key=value: an attribute of the span or its resource; may be repeated", example = "http.route=/products") @QueryParam("attribute") List<String> attribute,
            @Parameter(description = ApiTexts.SINCE) @QueryParam("since") String since,
            @Parameter(description = ApiTexts.UNTIL) @QueryParam("until") String until) {
        var groups = traces.groups(query(service, operation, error, minDurationMs, maxDurationMs, attribute, since, until, MAX_COMPARED,
                Optional.empty()), MAX_OTHERS);
        return new TraceAnswers.InCommon(groups.matching().size(), groups.others().size(), Common.of(groups.matching(), groups.others()));
    }

    private static TraceQuery query(String service, String operation, String error, String minDurationMs, String maxDurationMs,
            List<String> attribute, String since, String until, int limit, Optional<Cursor> cursor) {
        Instant now = Instant.now();
        return new TraceQuery(
                new SpanFilter(QueryParameters.text(service), QueryParameters.text(operation), QueryParameters.attributes(attribute)),
                QueryParameters.bool("error", error),
                new Range(QueryParameters.millisAsNanos("min_duration_ms", minDurationMs),
                        QueryParameters.millisAsNanos("max_duration_ms", maxDurationMs, Long.MAX_VALUE)),
                new Range(QueryParameters.sinceNanos(since, now), QueryParameters.untilNanos(until, now)),
                limit, cursor);
    }

    private TraceAnswers.TraceLine line(TraceSummary trace) {
        return TraceAnswers.TraceLine.of(trace, trace.errors() == 0 ? Optional.empty() : FailureOrigin.of(traces.trace(trace.id())));
    }

    @GET
    @Path("/traces/{trace_id}")
    @Operation(summary = "A trace: its spans, sorted by their start, and its log records, oldest first")
    @APIResponse(responseCode = "200", description = "The trace, as far as it has arrived")
    @APIResponse(responseCode = "400", description = "Not a trace id")
    @APIResponse(responseCode = "404", description = "No such trace is stored")
    public TraceAnswers.Trace trace(@Parameter(description = "32 hex digits, in either case") @PathParam("trace_id") String traceId) {
        TraceId id = QueryParameters.traceId(traceId);
        List<Span> spans = traces.trace(id);
        if (spans.isEmpty()) {
            throw HttpError.notFound("Trace not found");
        }
        return new TraceAnswers.Trace(id.toString(), traces.leftOut(id), spans.stream().map(TraceAnswers.SpanView::of).toList(),
                logs.ofTrace(id, MAX_LOGS_OF_TRACE).stream().map(LogAnswers.LogLine::of).toList(),
                FailureOrigin.of(spans).map(TraceAnswers.Origin::of).orElse(null),
                CriticalPath.of(spans, TraceStore.root(spans)).stream().map(TraceAnswers.Segment::of).toList());
    }

    @GET
    @Path("/traces/{trace_id}/neighbours")
    @Operation(summary = "Traces with the same root operation, to compare this one with", description = "The latest successful trace before it, and the first successful one after it.")
    @APIResponse(responseCode = "200", description = "The neighbours; each is null if there is none")
    @APIResponse(responseCode = "400", description = "Not a trace id")
    @APIResponse(responseCode = "404", description = "No such trace is stored")
    public TraceAnswers.Neighbours neighbours(
            @Parameter(description = "32 hex digits, in either case") @PathParam("trace_id") String traceId) {
        TraceId id = QueryParameters.traceId(traceId);
        var neighbours = traces.neighbours(id).orElseThrow(() -> HttpError.notFound("Trace not found"));
        return new TraceAnswers.Neighbours(neighbours.before().map(this::line).orElse(null),
                neighbours.after().map(this::line).orElse(null));
    }
}
