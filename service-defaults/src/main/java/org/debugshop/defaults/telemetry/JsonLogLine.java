package org.debugshop.defaults.telemetry;

import io.opentelemetry.sdk.resources.Resource;
import io.quarkiverse.loggingjson.JsonGenerator;
import io.quarkiverse.loggingjson.JsonProvider;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.logging.Level;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Writes a log record as one JSON object:
 * {@snippet lang=json :
 * {"timestamp":"2026-01-31T10:15:30.123Z","level":"WARN","service_name":"instabook-cache","trace_id":"…","span_id":"…",
 *  "logger":"org.debugshop.cache.Token","message":"Refused a request","shop.auth.failure":"Invalid API token"}
 * }
 * {@code trace_id} and {@code span_id} are omitted outside a trace; {@code exception} (the stack trace, cut at 8 KiB) is omitted if
 * nothing was thrown. The fields of {@link LogFields} follow the message.
 */
@Singleton
public class JsonLogLine implements JsonProvider {

    private static final DateTimeFormatter RFC_3339 = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final int MAX_STACK_TRACE = 8 * 1024;
    /** The values that Quarkus puts into the MDC for each span. They have their own fields here or are omitted. */
    private static final Set<String> SPAN_FIELDS = Set.of("traceId", "spanId", "parentId", "sampled");

    private final String serviceName;

    JsonLogLine(Resource resource) {
        serviceName = resource.getAttribute(ServiceResource.SERVICE_NAME);
    }

    @Override
    @SuppressWarnings("deprecation") // its replacement is a method of formatters, and this isn't one
    public void writeTo(JsonGenerator json, ExtLogRecord event) throws IOException {
        json.writeStringField("timestamp", RFC_3339.format(event.getInstant()));
        json.writeStringField("level", level(event.getLevel()));
        json.writeStringField("service_name", serviceName);
        var mdc = event.getMdcCopy();
        if (mdc.get("traceId") != null) {
            json.writeStringField("trace_id", mdc.get("traceId"));
            json.writeStringField("span_id", mdc.get("spanId"));
        }
        json.writeStringField("logger", event.getLoggerName());
        json.writeStringField("message", event.getFormattedMessage());
        for (var field : mdc.entrySet()) {
            if (!SPAN_FIELDS.contains(field.getKey())) {
                json.writeStringField(field.getKey(), field.getValue());
            }
        }
        if (event.getThrown() != null) {
            json.writeStringField("exception", stackTrace(event.getThrown()));
        }
    }

    /** Maps the level to one of the five common names, instead of those of {@code java.util.logging}. */
    private static String level(Level level) {
        var value = level.intValue();
        return value >= Level.SEVERE.intValue()
                ? "ERROR"
                : value >= Level.WARNING.intValue()
                        ? "WARN"
                        : value >= Level.INFO.intValue()
                                ? "INFO"
                                : value >= Level.FINE.intValue()
                                        ? "DEBUG"
                                        : "TRACE";
    }

    private static String stackTrace(Throwable thrown) {
        var text = new StringWriter(1024);
        thrown.printStackTrace(new PrintWriter(text));
        return text.getBuffer().substring(0, Math.min(text.getBuffer().length(), MAX_STACK_TRACE));
    }
}
