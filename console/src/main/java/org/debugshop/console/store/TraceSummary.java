package org.debugshop.console.store;

import java.util.List;
import java.util.SortedMap;

/**
 * The summary of a trace, for lists.
 *
 * @param rootService the service of the span without a parent; until that arrives, of the earliest span whose parent is missing
 * @param startNanos the start of the earliest span, in nanoseconds since the epoch
 * @param durationNanos the time from there to the end of the span that ends last
 * @param leftOut how many spans were dropped because the trace is too large
 * @param errors the number of spans with status ERROR
 * @param spansByService how many spans each service sent, by its name
 */
public record TraceSummary(TraceId id, String rootService, String rootOperation, long startNanos, long durationNanos, int spans,
        int leftOut, int errors, SortedMap<String, Integer> spansByService) {

    /** Returns the services in alphabetical order. */
    public List<String> services() {
        return List.copyOf(spansByService.keySet());
    }
}
