package org.debugshop.console.otlp;

import java.util.ArrayList;
import java.util.List;
import org.debugshop.console.store.Alteration.Replaced;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceId;

/** A span while it is read from either encoding. It is reused for the next. */
final class SpanDraft {

    /** Object headers and fields of a span, and of its entry in its trace. */
    private static final int FIXED_BYTES = 144;
    private static final int EVENT_BYTES = 40;

    byte[] traceId;
    byte[] spanId;
    byte[] parentId;
    String name;
    int kind;
    int status;
    String statusMessage;
    long startNanos;
    long endNanos;
    final List<Object> attributes = new ArrayList<>();
    private final List<Span.Event> events = new ArrayList<>();
    private final List<Span.Link> links = new ArrayList<>();
    private final Interner interner;

    SpanDraft(Interner interner) {
        this.interner = interner;
    }

    void restart() {
        traceId = Ids.ABSENT;
        spanId = Ids.ABSENT;
        parentId = Ids.ABSENT;
        name = "";
        kind = 0;
        status = 0;
        statusMessage = "";
        startNanos = 0;
        endNanos = 0;
        attributes.clear();
        events.clear();
        links.clear();
        interner.restart(FIXED_BYTES);
    }

    void event(String eventName, long timeNanos, List<Object> eventAttributes) {
        interner.add(EVENT_BYTES);
        events.add(new Span.Event(eventName, interner.arrival().allows(timeNanos) ? timeNanos : 0,
                interner.attributes(Attributes.of(eventAttributes))));
    }

    void link(byte[] linkedTrace, byte[] linkedSpan, List<Object> linkAttributes) {
        if (Ids.isTraceId(linkedTrace) && Ids.isSpanId(linkedSpan)) {
            interner.add(EVENT_BYTES + Long.BYTES * 3);
            links.add(new Span.Link(Ids.traceId(linkedTrace), Ids.spanId(linkedSpan), interner.attributes(Attributes.of(linkAttributes))));
        } else {
            interner.leaveOut("a link has no valid ids, and was left out");
        }
    }

    /**
     * Creates the span. An invalid time is replaced by the span's other end. If both are invalid, the span ends at its arrival and
     * keeps its duration.
     *
     * @throws InvalidRecordException if it has no valid ids
     */
    Span finish(Resource resource, String scope) throws InvalidRecordException {
        if (!Ids.isTraceId(traceId)) {
            throw new InvalidRecordException("a trace id must be 16 bytes and not all zero");
        }
        if (!Ids.isSpanId(spanId)) {
            throw new InvalidRecordException("a span id must be 8 bytes and not all zero");
        }
        if (parentId.length != 0 && parentId.length != 8) {
            throw new InvalidRecordException("a parent span id must be empty or 8 bytes");
        }
        Replaced replaced = replaceTimes();
        TraceId id = interner.traceId(Ids.traceId(traceId));
        return new Span(id, Ids.spanId(spanId), parentId.length == 0 ? 0 : Ids.spanId(parentId), resource, scope, name,
                Span.Kind.of(kind), Span.Status.of(status), statusMessage, startNanos, endNanos - startNanos,
                interner.attributes(Attributes.of(attributes)), List.copyOf(events), List.copyOf(links), interner.alteration(replaced),
                interner.bytes());
    }

    private Replaced replaceTimes() {
        Arrival arrival = interner.arrival();
        boolean start = arrival.allows(startNanos);
        boolean end = arrival.allows(endNanos);
        long nanos = endNanos - startNanos;
        boolean lasts = nanos >= 0 && nanos <= Arrival.LONGEST.toNanos();
        if (start && end && lasts) {
            return Replaced.NONE;
        }
        if (end && !(start && nanos < 0)) {
            startNanos = endNanos;
            return Replaced.START;
        }
        if (start) {
            endNanos = startNanos;
            return Replaced.END;
        }
        startNanos = arrival.nanos() - (lasts ? nanos : 0);
        endNanos = arrival.nanos();
        return Replaced.BOTH;
    }
}
