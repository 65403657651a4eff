package org.debugshop.console.store;

import java.util.List;
import java.util.SortedMap;

/**
 * A line in a list of traces.
 *
 * @param rootService of the span without a parent; while that has not arrived, of the earliest whose parent is missing
 * @param startNanos of the earliest span, since the epoch
 * @param durationNanos from there to the end of the span that ends last
 * @param leftOut number of spans that have arrived and are not kept, because the trace is too large
 * @param errors number of spans with status ERROR
 * @param spansByService how many of them each service sent, by its name
 */
public record TraceSummary(TraceId id, String rootService, String rootOperation, long startNanos, long durationNanos, int spans,
        int leftOut, int errors, SortedMap<String, Integer> spansByService) {

    /** In alphabetical order. */
    public List<String> services() {
        return List.copyOf(spansByService.keySet());
    }
}
