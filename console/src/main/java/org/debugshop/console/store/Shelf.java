package org.debugshop.console.store;

import java.util.LinkedHashMap;

/** Some of the traces of a {@link TraceStore}, in the order in which they were put there, and their size. Guarded by its lock. */
final class Shelf {

    final LinkedHashMap<TraceId, Trace> traces = new LinkedHashMap<>();
    private int spans;
    private long bytes;

    void put(Trace trace) {
        traces.put(trace.id, trace);
        grow(trace.size(), trace.bytes());
    }

    /** Removes a trace. @return null if it is not here */
    Trace remove(TraceId id) {
        Trace trace = traces.remove(id);
        if (trace != null) {
            grow(-trace.size(), -trace.bytes());
        }
        return trace;
    }

    /** Removes the first trace. @return null if there is none */
    Trace removeFirst() {
        return traces.isEmpty() ? null : remove(traces.firstEntry().getKey());
    }

    /** Must be called when a trace that is here has changed. */
    void grow(int moreSpans, int moreBytes) {
        spans += moreSpans;
        bytes += moreBytes;
    }

    int spans() {
        return spans;
    }

    long bytes() {
        return bytes;
    }

    boolean isOver(int maxSpans, long maxBytes) {
        return spans > maxSpans || bytes > maxBytes;
    }
}
