package org.debugshop.console.store;

import java.util.List;
import java.util.Optional;

/**
 * Which traces. {@code service}, {@code operation} and {@code attributes} must hold for one and the same span, the others for the trace.
 *
 * @param error whether some span has status ERROR
 * @param attributes of the span or its resource, each as {@code key=value} with the value as {@link ValueText}
 * @param sinceNanos the trace starts then or later
 * @param untilNanos and then or earlier
 * @param limit 1 or more
 * @param cursor begin after this
 */
public record TraceQuery(Optional<String> service, Optional<String> operation, Optional<Boolean> error, long minDurationNanos,
        long maxDurationNanos, List<String> attributes, long sinceNanos, long untilNanos, int limit, Optional<Cursor> cursor) {

    public static TraceQuery all(int limit) {
        return new TraceQuery(Optional.empty(), Optional.empty(), Optional.empty(), 0, Long.MAX_VALUE, List.of(), Long.MIN_VALUE,
                Long.MAX_VALUE, limit, Optional.empty());
    }

    /** The newest that failed. */
    public static TraceQuery failed(long sinceNanos, int limit) {
        return new TraceQuery(Optional.empty(), Optional.empty(), Optional.of(true), 0, Long.MAX_VALUE, List.of(), sinceNanos,
                Long.MAX_VALUE,
                limit, Optional.empty());
    }

    boolean matches(Trace trace) {
        return trace.startNanos() >= sinceNanos
                && trace.startNanos() <= untilNanos
                && trace.durationNanos() >= minDurationNanos
                && trace.durationNanos() <= maxDurationNanos
                && (error.isEmpty() || error.get() == trace.errors() > 0)
                && (cursor.isEmpty() || cursor.get().isBefore(trace.startNanos(), trace.id))
                && (asksForNoSpan() || hasSpan(trace));
    }

    private boolean asksForNoSpan() {
        return service.isEmpty() && operation.isEmpty() && attributes.isEmpty();
    }

    private boolean hasSpan(Trace trace) {
        for (int i = 0; i < trace.size(); i++) {
            if (matches(trace.span(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(Span span) {
        if (service.isPresent() && !service.get().equals(span.service())
                || operation.isPresent() && !operation.get().equals(span.name())) {
            return false;
        }
        for (String wanted : attributes) {
            if (!span.attributes().has(wanted) && !span.resource().attributes().has(wanted)) {
                return false;
            }
        }
        return true;
    }
}
