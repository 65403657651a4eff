package org.debugshop.console.otlp;

import java.util.ArrayList;
import java.util.List;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TraceId;

/** A span while it is read, from either encoding; used again for the next. */
final class SpanDraft {

    /** Object headers and fields of a span and of its place in its trace. */
    private static final int FIXED_BYTES = 136;
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
        events.add(new Span.Event(eventName, Math.max(0, timeNanos), interner.attributes(Attributes.of(eventAttributes))));
    }

    void link(byte[] linkedTrace, byte[] linkedSpan, List<Object> linkAttributes) {
        if (Ids.isTraceId(linkedTrace) && Ids.isSpanId(linkedSpan)) {
            interner.add(EVENT_BYTES + Long.BYTES * 3);
            links.add(new Span.Link(Ids.traceId(linkedTrace), Ids.spanId(linkedSpan), interner.attributes(Attributes.of(linkAttributes))));
        }
    }

    /** @throws InvalidRecordException if it has no valid ids or no valid times */
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
        if (startNanos < 0 || endNanos < 0) {
            throw new InvalidRecordException("times must be before the year 2262");
        }
        TraceId id = interner.traceId(Ids.traceId(traceId));
        return new Span(id, Ids.spanId(spanId), parentId.length == 0 ? 0 : Ids.spanId(parentId), resource, scope, name,
                Span.Kind.of(kind), Span.Status.of(status), statusMessage, startNanos, Math.max(0, endNanos - startNanos),
                interner.attributes(Attributes.of(attributes)), List.copyOf(events), List.copyOf(links), interner.bytes());
    }
}
