package org.debugshop.console.store;

import java.util.List;

/**
 * A stored span: one operation of one service.
 *
 * @param parentId 0 if there is none
 * @param scope the name of the instrumentation scope, may be empty
 * @param startNanos nanoseconds since the epoch
 * @param durationNanos never negative, even if the sender's clock was set back
 * @param alteration how it differs from what was sent
 */
public record Span(TraceId traceId, long spanId, long parentId, Resource resource, String scope, String name, Kind kind,
        Status status, String statusMessage, long startNanos, long durationNanos, Attributes attributes,
        List<Event> events, List<Link> links, Alteration alteration, int bytes) implements TelemetryRecord<Span> {

    /** OTLP's {@code SpanKind}. By the specification, an unspecified kind is INTERNAL. */
    public enum Kind {
        INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER;

        private static final Kind[] BY_NUMBER = {INTERNAL, INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER};

        public static Kind of(int number) {
            return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : INTERNAL;
        }

        /** Returns whether this is the receiving end of a request. */
        public boolean isEntry() {
            return this == SERVER || this == CONSUMER;
        }

        /** Returns whether this is the sending end of a request. */
        public boolean isExit() {
            return this == CLIENT || this == PRODUCER;
        }
    }

    /** OTLP's {@code Status.StatusCode}. */
    public enum Status {
        UNSET, OK, ERROR;

        private static final Status[] BY_NUMBER = values();

        public static Status of(int number) {
            return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNSET;
        }
    }

    /**
     * An event at a moment of the span, such as an exception.
     *
     * @param timeNanos nanoseconds since the epoch; 0 if the sender gave no valid time
     */
    public record Event(String name, long timeNanos, Attributes attributes) {}

    /** A reference to another span. */
    public record Link(TraceId traceId, long spanId, Attributes attributes) {}

    public String service() {
        return resource.service();
    }

    public boolean isRoot() {
        return parentId == 0;
    }

    public boolean isError() {
        return status == Status.ERROR;
    }

    public long endNanos() {
        return startNanos + durationNanos;
    }

    @Override
    public Span from(Resource sender, String instrumentation) {
        return new Span(traceId, spanId, parentId, sender, instrumentation, name, kind, status, statusMessage, startNanos, durationNanos,
                attributes, events, links, alteration, bytes);
    }

    @Override
    public Span charged(int moreBytes) {
        return moreBytes == 0
                ? this
                : new Span(traceId, spanId, parentId, resource, scope, name, kind, status, statusMessage, startNanos, durationNanos,
                        attributes, events, links, alteration, bytes + moreBytes);
    }
}
