package org.debugshop.console.store;

import java.util.function.LongToIntFunction;

/** A read-only view of the stored spans of one trace. It is only valid within {@link TraceStore#read}. */
public sealed interface TraceView permits Trace {

    /** Returns when its first span arrived, in milliseconds since the epoch. */
    long arrivedMillis();

    /** Returns the number of its spans. */
    int size();

    /** @param index from 0 to below {@link #size}; the spans are in order of arrival as long as none was dropped */
    Span span(int index);

    /**
     * Returns a function that maps a span id to an index, or -1 if there is no such span. For a large trace this builds a map, so
     * call it once per trace and not once per span.
     */
    LongToIntFunction indexes();
}
