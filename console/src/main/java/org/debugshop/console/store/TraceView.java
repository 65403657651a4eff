package org.debugshop.console.store;

import java.util.function.LongToIntFunction;

/**
 * What the kept spans of one trace are, to be read only. It is a view of what the {@link TraceStore} keeps, so it is good only within
 * {@link TraceStore#read}.
 */
public sealed interface TraceView permits Trace {

    /** When its first span arrived, since the epoch. */
    long arrivedMillis();

    /** The number of its spans. */
    int size();

    /** @param index 0 or more, less than {@link #size}; the order is that of arrival as long as no span was left out */
    Span span(int index);

    /**
     * Returns a function that finds the index of the span with an id, and -1 if it is not here. For a large trace this makes a map, so call
     * it once a trace and not once a span.
     */
    LongToIntFunction indexes();
}
