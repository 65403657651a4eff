package org.debugshop.console.store;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The traces that are kept of the time before the period from which all are kept. Of each root operation, some of each minute stay:
 *
 * <pre>
 * normal    {@value #NORMAL_A_MINUTE} a minute
 * notable   {@value #FAILED_A_MINUTE} failed ones and {@value #SLOW_A_MINUTE} slow ones a minute
 * pinned    what was asked for, see {@link #pin}
 * </pre>
 *
 * So the number of traces does not depend on the load. If they still take more than the bounds, the oldest normal ones are removed until
 * half of the room is left for them, then the oldest notable ones. Pinned ones are never removed; they may take half of the room.
 *
 * <p>Guarded by the lock of its {@link TraceStore}.
 */
final class History {

    static final int NORMAL_A_MINUTE = 3;
    static final int FAILED_A_MINUTE = 5;
    static final int SLOW_A_MINUTE = 3;
    static final int MAX_PINNED = 250;
    /** A trace is slow if it takes this many times as long as its root operation usually does. */
    private static final double SLOW_FACTOR = 3;
    private static final long SLOW_NANOS = 5_000_000;
    /** How much one trace moves the estimate of the usual duration. */
    private static final double STEP = 1.05;
    private static final int MAX_OPERATIONS = 1000;

    /** What was seen of a root operation. */
    private static final class Tally {
        private long minute;
        private int normal;
        private int slow;
        private int failed;
        /** An estimate of the median: it moves up with each longer duration, and down with each shorter one. */
        private double usualNanos;

        private void begin(long nextMinute) {
            if (minute != nextMinute) {
                minute = nextMinute;
                normal = 0;
                slow = 0;
                failed = 0;
            }
        }

        /** Returns whether this duration is unusual, and learns from it. */
        private boolean isSlow(long nanos) {
            usualNanos = usualNanos == 0 ? Math.max(1, nanos) : usualNanos;
            boolean slower = nanos > usualNanos * SLOW_FACTOR && nanos - usualNanos >= SLOW_NANOS;
            usualNanos = nanos > usualNanos ? usualNanos * STEP : Math.max(1, usualNanos / STEP);
            return slower;
        }
    }

    private final int maxSpans;
    private final long maxBytes;
    private final Consumer<Trace> removed;
    private final Shelf normal = new Shelf();
    private final Shelf notable = new Shelf();
    private final Shelf pinned = new Shelf();
    private final List<Shelf> shelves = List.of(normal, notable, pinned);
    private final Set<TraceId> pins = new LinkedHashSet<>();
    /** The root operation that was not seen for the longest time comes first. */
    private final Map<Trace.Operation, Tally> tallies = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Trace.Operation, Tally> eldest) {
            return size() > MAX_OPERATIONS;
        }
    };

    /** @param removed is told each trace that is not kept, or no longer */
    History(int maxSpans, long maxBytes, Consumer<Trace> removed) {
        this.maxSpans = maxSpans;
        this.maxBytes = maxBytes;
        this.removed = removed;
    }

    /** Takes the next trace, in order of arrival, and keeps it or not. */
    void add(Trace trace) {
        Tally tally = tallies.computeIfAbsent(trace.operation(), _ -> new Tally());
        tally.begin(trace.arrivedMillis() / 60_000);
        boolean slow = tally.isSlow(trace.durationNanos());
        if (pins.contains(trace.id) && fitsPinned(trace)) {
            pinned.put(trace);
        } else if (trace.errors() > 0) {
            put(notable, trace, tally.failed++ < FAILED_A_MINUTE);
        } else if (slow) {
            put(notable, trace, tally.slow++ < SLOW_A_MINUTE);
        } else {
            put(normal, trace, tally.normal++ < NORMAL_A_MINUTE);
        }
        trim();
    }

    private void put(Shelf shelf, Trace trace, boolean keep) {
        if (keep) {
            shelf.put(trace);
        } else {
            removed.accept(trace);
        }
    }

    /** Replaces the set of the traces that must stay. @param ids the most important first; only {@value #MAX_PINNED} count */
    void pin(Collection<TraceId> ids) {
        pins.clear();
        ids.stream().limit(MAX_PINNED).forEach(pins::add);
        for (Trace trace : List.copyOf(pinned.traces.values())) {
            if (!pins.contains(trace.id)) {
                pinned.remove(trace.id);
                notable.put(trace);
            }
        }
        for (TraceId id : pins) {
            for (Shelf shelf : List.of(normal, notable)) {
                Trace trace = shelf.traces.get(id);
                if (trace != null && fitsPinned(trace)) {
                    shelf.remove(id);
                    pinned.put(trace);
                }
            }
        }
    }

    private boolean fitsPinned(Trace trace) {
        return pinned.spans() + trace.size() <= maxSpans / 2 && pinned.bytes() + trace.bytes() <= maxBytes / 2;
    }

    /** Removes traces until the rest is within the bounds. */
    private void trim() {
        while (spans() > maxSpans || bytes() > maxBytes) {
            removeOne();
        }
    }

    /** Removes the least important trace. @return false if there is none */
    boolean removeOne() {
        Trace least = normal.isOver(maxSpans / 2, maxBytes / 2) || notable.traces.isEmpty() ? normal.removeFirst() : notable.removeFirst();
        least = least == null ? pinned.removeFirst() : least;
        if (least != null) {
            removed.accept(least);
        }
        return least != null;
    }

    /** Returns the shelf that a trace is on; null if there is none. */
    Shelf shelfOf(TraceId id) {
        for (Shelf shelf : shelves) {
            if (shelf.traces.containsKey(id)) {
                return shelf;
            }
        }
        return null;
    }

    void forEach(Consumer<? super Trace> action) {
        shelves.forEach(shelf -> shelf.traces.values().forEach(action));
    }

    int spans() {
        return normal.spans() + notable.spans() + pinned.spans();
    }

    long bytes() {
        return normal.bytes() + notable.bytes() + pinned.bytes();
    }

    int traces() {
        return normal.traces.size() + notable.traces.size() + pinned.traces.size();
    }
}
