package org.debugshop.console.store;

import java.util.List;
import java.util.Optional;

/**
 * A query for traces.
 *
 * @param span conditions that a span of the trace must match
 * @param error whether any span has status ERROR
 * @param durationNanos the duration of the trace
 * @param startNanos the start of the trace, in nanoseconds since the epoch
 * @param limit 1 or more
 * @param cursor the end of the previous page
 */
public record TraceQuery(SpanFilter span, Optional<Boolean> error, Range durationNanos, Range startNanos, int limit,
        Optional<Cursor> cursor) {

    /**
     * Conditions that must all match the same span.
     *
     * @param attributes attributes of the span or its resource, as {@code key=value} with the value as {@link ValueText}
     */
    public record SpanFilter(Optional<String> service, Optional<String> operation, List<String> attributes) {

        public static final SpanFilter ANY = new SpanFilter(Optional.empty(), Optional.empty(), List.of());

        private boolean matchesOneOf(Trace trace) {
            if (equals(ANY)) {
                return true;
            }
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

    public static TraceQuery all(int limit) {
        return new TraceQuery(SpanFilter.ANY, Optional.empty(), Range.ALL, Range.ALL, limit, Optional.empty());
    }

    /** Returns a query for the newest failed traces. */
    public static TraceQuery failed(long sinceNanos, int limit) {
        return new TraceQuery(SpanFilter.ANY, Optional.of(true), Range.ALL, Range.from(sinceNanos), limit, Optional.empty());
    }

    boolean matches(Trace trace) {
        return startNanos.includes(trace.startNanos())
                && durationNanos.includes(trace.durationNanos())
                && (error.isEmpty() || error.get() == trace.errors() > 0)
                && (cursor.isEmpty() || cursor.get().isBefore(trace.startNanos(), trace.id))
                && span.matchesOneOf(trace);
    }
}
