package org.debugshop.console.otlp;

import java.util.ArrayList;
import java.util.List;
import org.debugshop.console.store.Alteration.Replaced;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.TraceId;
import org.debugshop.console.store.ValueText;

/** A log record while it is read from either encoding. It is reused for the next. */
final class LogDraft {

    private static final int FIXED_BYTES = 104;

    byte[] traceId;
    byte[] spanId;
    long timeNanos;
    long observedNanos;
    int severity;
    String severityText;
    String eventName;
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
        eventName = "";
        message = "";
        attributes.clear();
        interner.restart(FIXED_BYTES);
    }

    /** Sets the body, which may be any value; structured values become JSON text. */
    void body(Object body) {
        if (body == null || body == Interner.LEFT_OUT) {
            message = "";
        } else {
            message = body instanceof String text ? text : interner.text(ValueText.of(body));
        }
    }

    /**
     * Creates the log record. An invalid time is replaced by the time when the record was observed, or when it arrived.
     *
     * @throws InvalidRecordException if an id has a wrong length; for log records, ids may be missing or all zero
     */
    LogRecord finish(Resource resource, String scope) throws InvalidRecordException {
        if (traceId.length != 0 && traceId.length != 16) {
            throw new InvalidRecordException("a trace id must be empty or 16 bytes");
        }
        if (spanId.length != 0 && spanId.length != 8) {
            throw new InvalidRecordException("a span id must be empty or 8 bytes");
        }
        Arrival arrival = interner.arrival();
        long sent = timeNanos != 0 ? timeNanos : observedNanos;
        long time = arrival.allows(sent) ? sent : arrival.allows(observedNanos) ? observedNanos : arrival.nanos();
        TraceId id = Ids.isTraceId(traceId) ? interner.traceId(Ids.traceId(traceId)) : TraceId.NONE;
        return new LogRecord(time, resource, scope, LogRecord.Level.of(severity, severityText), eventName, message, id,
                spanId.length == 0 ? 0 : Ids.spanId(spanId), interner.attributes(Attributes.of(attributes)),
                interner.alteration(time == sent ? Replaced.NONE : Replaced.START), interner.bytes());
    }
}
