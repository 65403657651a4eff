package org.debugshop.console.api;

import java.util.List;
import java.util.Map;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.TraceId;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Answers about log records. Their JSON has snake_case names. */
final class LogAnswers {

    private LogAnswers() {}

    record Logs(List<LogLine> logs,
            @Schema(nullable = true, description = "The cursor of the next page; null on the last page") String cursor) {}

    record LogLine(String time, String service, LogRecord.Level level,
            @Schema(nullable = true, description = "The type of the event; null if this is not an event") String eventName,
            @Schema(description = "The body; JSON if it is structured") String message,
            @Schema(nullable = true) String traceId, @Schema(nullable = true) String spanId, Map<String, Object> attributes,
            @Schema(description = ApiTexts.TEXTS) Map<String, String> attributeTexts,
            @Schema(description = "The name of the instrumentation scope, usually the logger; may be empty") String scope,
            Map<String, Object> resource, @Schema(description = ApiTexts.TEXTS) Map<String, String> resourceTexts,
            @Schema(description = ApiTexts.RESOURCE_LEFT_OUT) int resourceValuesLeftOut,
            @Schema(nullable = true, description = ApiTexts.ALTERED) Altered altered) {

        static LogLine of(LogRecord entry) {
            return new LogLine(Timestamps.text(entry.timeNanos()), entry.service(), entry.level(),
                    entry.eventName().isEmpty() ? null : entry.eventName(), entry.message(),
                    entry.traceId().isValid() ? entry.traceId().toString() : null,
                    entry.spanId() == 0 ? null : TraceId.hex(entry.spanId()), entry.attributes().toMap(),
                    entry.attributes().texts(), entry.scope(), entry.resource().attributes().toMap(),
                    entry.resource().attributes().texts(), entry.resource().valuesLeftOut(), Altered.of(entry.alteration()));
        }
    }
}
