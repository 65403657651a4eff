package org.debugshop.console.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.List;
import org.debugshop.console.store.Cursor;
import org.debugshop.console.store.LogQuery;
import org.debugshop.console.store.LogQuery.LogFilter;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.LogStore;
import org.debugshop.console.store.Range;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Searches log records. */
@Path("/api/logs")
@Tag(name = "Logs")
public class LogsResource {

    private final LogStore logs;

    LogsResource(LogStore logs) {
        this.logs = logs;
    }

    @GET
    @Operation(summary = "Log records, newest first")
    @APIResponse(responseCode = "200", description = "A page of log records")
    @APIResponse(responseCode = "400", description = "A parameter is invalid")
    public LogAnswers.Logs find(
            @Parameter(description = "service.name of the sender") @QueryParam("service") String service,
            @Parameter(description = "The lowest level", schema = @Schema(implementation = LogRecord.Level.class)) @QueryParam("level") String level,
            @Parameter(description = "Part of the message or of the event name; not case-sensitive") @QueryParam("text") String text,
            @Parameter(description = "32 hex digits, in either case") @QueryParam("trace_id") String traceId,
            @Parameter(description = "key=value: an attribute of the record or its resource, or event.name or otel.scope.name; may be repeated", example = "order.id=o-1") @QueryParam("attribute") List<String> attribute,
            @Parameter(description = ApiTexts.SINCE) @QueryParam("since") String since,
            @Parameter(description = ApiTexts.UNTIL) @QueryParam("until") String until,
            @Parameter(description = ApiTexts.LIMIT, schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("limit") String limit,
            @Parameter(description = ApiTexts.CURSOR) @QueryParam("cursor") String cursor) {
        var now = Instant.now();
        var page = logs.find(new LogQuery(
                new LogFilter(QueryParameters.text(service), QueryParameters.level(level), QueryParameters.text(text),
                        QueryParameters.text(traceId).map(QueryParameters::traceId), QueryParameters.attributes(attribute)),
                new Range(QueryParameters.sinceNanos(since, now), QueryParameters.untilNanos(until, now)),
                QueryParameters.limit(limit), QueryParameters.cursor(cursor)));
        return new LogAnswers.Logs(page.items().stream().map(LogAnswers.LogLine::of).toList(),
                page.next().map(Cursor::toString).orElse(null));
    }
}
