package org.debugshop.console.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.List;
import org.debugshop.console.store.Cursor;
import org.debugshop.console.store.LogStore;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceId;
import org.debugshop.console.store.TraceQuery;
import org.debugshop.console.store.TraceStore;
import org.debugshop.defaults.HttpError;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Finds traces, and shows one. */
@Path("/api/traces")
@Tag(name = "Traces")
public class TracesResource {

    private static final int MAX_LOGS_OF_TRACE = 1000;

    private final TraceStore traces;
    private final LogStore logs;

    TracesResource(TraceStore traces, LogStore logs) {
        this.traces = traces;
        this.logs = logs;
    }

    @GET
    @Operation(summary = "Traces, the newest first",
            description = "service, operation and attribute must hold for one and the same span of the trace; the others for the trace.")
    @APIResponse(responseCode = "200", description = "A page of traces")
    @APIResponse(responseCode = "400", description = "A parameter makes no sense")
    public Json.Traces find(
            @Parameter(description = "service.name of a span") @QueryParam("service") String service,
            @Parameter(description = "Name of a span") @QueryParam("operation") String operation,
            @Parameter(description = "Whether a span has status ERROR",
                    schema = @Schema(type = SchemaType.BOOLEAN)) @QueryParam("error") String error,
            @Parameter(description = "From the first start to the last end", schema = @Schema(type = SchemaType.NUMBER))
            @QueryParam("min_duration_ms") String minDurationMs,
            @Parameter(description = "key=value, of the span or its resource; may be repeated", example = "http.route=/products")
            @QueryParam("attribute") List<String> attribute,
            @Parameter(description = Documented.SINCE) @QueryParam("since") String since,
            @Parameter(description = Documented.LIMIT, schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("limit") String limit,
            @Parameter(description = Documented.CURSOR) @QueryParam("cursor") String cursor) {
        var page = traces.find(new TraceQuery(Ask.text(service), Ask.text(operation), Ask.bool("error", error),
                Ask.millisAsNanos("min_duration_ms", minDurationMs), Ask.attributes(attribute), Ask.sinceNanos(since, Instant.now()),
                Ask.limit(limit), Ask.cursor(cursor)));
        return new Json.Traces(page.items().stream().map(Json.TraceLine::of).toList(), page.next().map(Cursor::toString).orElse(null));
    }

    @GET
    @Path("/{trace_id}")
    @Operation(summary = "A trace: its spans by their start, and its log records, the eldest first")
    @APIResponse(responseCode = "200", description = "The trace, as far as it has arrived")
    @APIResponse(responseCode = "400", description = "Not a trace id")
    @APIResponse(responseCode = "404", description = "No such trace is kept")
    public Json.Trace trace(@Parameter(description = "32 hex digits, in either case") @PathParam("trace_id") String traceId) {
        TraceId id = Ask.traceId(traceId);
        List<Span> spans = traces.trace(id);
        if (spans.isEmpty()) {
            throw HttpError.notFound("Trace not found");
        }
        return new Json.Trace(id.toString(), spans.stream().map(Json.SpanView::of).toList(),
                logs.ofTrace(id, MAX_LOGS_OF_TRACE).stream().map(Json.LogLine::of).toList());
    }
}
