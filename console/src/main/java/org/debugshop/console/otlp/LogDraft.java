package org.debugshop.console.otlp;

import io.vertx.core.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.TraceId;

/** A log record while it is read, from either encoding; used again for the next. */
final class LogDraft {

    private static final int FIXED_BYTES = 96;

    byte[] traceId;
    byte[] spanId;
    long timeNanos;
    long observedNanos;
    int severity;
    String severityText;
    String message;
    final List<Object> attributes = new ArrayList<>();
    private final Interner interner;

    LogDraft(Interner interner) {
        this.interner = interner;
    }

    void restart() {
        traceId = Ids.ABSENT;
        spanId = Ids.ABSENT;
        timeNanos = 0;
        observedNanos = 0;
        severity = 0;
        severityText = "";
        message = "";
        attributes.clear();
        interner.restart(FIXED_BYTES);
    }

    /** A body may be any value; one with a structure becomes JSON text. */
    void body(Object body) {
        message = switch (body) {
            case null -> "";
            case String text -> text;
            default -> interner.text(Json.encode(body));
        };
    }

    /** @throws InvalidRecordException if an id has a wrong length; here ids may be missing or all zero */
    LogRecord finish(Resource resource, String scope) throws InvalidRecordException {
        if (traceId.length != 0 && traceId.length != 16) {
            throw new InvalidRecordException("a trace id must be empty or 16 bytes");
        }
        if (spanId.length != 0 && spanId.length != 8) {
            throw new InvalidRecordException("a span id must be empty or 8 bytes");
        }
        long time = timeNanos != 0 ? timeNanos : observedNanos;
        if (time < 0) {
            throw new InvalidRecordException("times must be before the year 2262");
        }
        TraceId id = Ids.isTraceId(traceId) ? interner.traceId(Ids.traceId(traceId)) : TraceId.NONE;
        return new LogRecord(time, resource, scope, LogRecord.Level.of(severity, severityText), message, id,
                spanId.length == 0 ? 0 : Ids.spanId(spanId), interner.attributes(Attributes.of(attributes)), interner.bytes());
    }
}
