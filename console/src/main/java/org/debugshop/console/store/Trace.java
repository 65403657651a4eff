package org.debugshop.console.store;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongToIntFunction;
import java.util.stream.Collectors;

/**
 * The spans of one trace that have arrived. Services send their spans independently, so a child often arrives before its parent:
 *
 * <pre>
 * spans   [ SERVER currency /convert   parent 2 ]
 *         [ CLIENT gateway GET         parent 1 ]   id 2
 *         [ SERVER gateway /products   root     ]   id 1
 * </pre>
 *
 * Guarded by the lock of its {@link TraceStore}.
 */
final class Trace implements TraceView {

    /** Up to this size, a scan over the array is faster and smaller than a set of ids. */
    private static final int SMALL = 32;

    /** What a trace is about. */
    record Operation(String service, String name) {}

    final TraceId id;
    private final long arrivedMillis;
    private Span[] spans = new Span[4];
    private int size;
    private Set<Long> spanIds;
    private long startNanos = Long.MAX_VALUE;
    private long endNanos = Long.MIN_VALUE;
    private int errors;
    private int bytes;
    private int leftOut;
    /** The numbers of its spans with {@link #rank} 2 and 1. */
    private int roots;
    private int failed;

    Trace(TraceId id, long arrivedMillis) {
        this.id = id;
        this.arrivedMillis = arrivedMillis;
    }

    /** @param span a span whose id isn't in this trace yet */
    void add(Span span) {
        if (size == spans.length) {
            spans = Arrays.copyOf(spans, size * 2);
        }
        spans[size++] = span;
        if (spanIds != null) {
            spanIds.add(span.spanId());
        } else if (size > SMALL) {
            spanIds = HashSet.newHashSet(size * 2);
            spans().forEach(known -> spanIds.add(known.spanId()));
        }
        startNanos = Math.min(startNanos, span.startNanos());
        endNanos = Math.max(endNanos, span.endNanos());
        errors += span.isError() ? 1 : 0;
        bytes += span.bytes();
        roots += rank(span) == 2 ? 1 : 0;
        failed += rank(span) == 1 ? 1 : 0;
    }

    /** Returns the importance of a span: 2 for a root, 1 for a failed span, 0 for any other. */
    private static int rank(Span span) {
        return span.isRoot() ? 2 : span.isError() ? 1 : 0;
    }

    /**
     * Drops a span of a lower rank than this one: the latest of those with the lowest rank. The start and end of the trace don't
     * change.
     *
     * @return false if there is no such span
     */
    boolean makeRoomFor(Span span) {
        int lowest = size > roots + failed ? 0 : failed > 0 ? 1 : 2;
        if (rank(span) <= lowest) {
            return false;
        }
        int i = size - 1;
        while (rank(spans[i]) != lowest) {
            i--;
        }
        remove(i);
        return true;
    }

    private void remove(int index) {
        Span gone = spans[index];
        spans[index] = spans[--size];
        spans[size] = null;
        if (spanIds != null) {
            spanIds.remove(gone.spanId());
        }
        errors -= gone.isError() ? 1 : 0;
        bytes -= gone.bytes();
        roots -= rank(gone) == 2 ? 1 : 0;
        failed -= rank(gone) == 1 ? 1 : 0;
        leftOut++;
    }

    /** Counts a span that arrived but didn't fit. */
    void leaveOut() {
        leftOut++;
    }

    /** Returns how many spans arrived but were dropped. */
    int leftOut() {
        return leftOut;
    }

    /** Returns whether this span was already received: an exporter that got no answer sends again. */
    boolean contains(long spanId) {
        if (spanIds != null) {
            return spanIds.contains(spanId);
        }
        return scan(spanId) >= 0;
    }

    @Override
    public long arrivedMillis() {
        return arrivedMillis;
    }

    /** Returns a view, which is only valid while the lock is held. */
    List<Span> spans() {
        return Arrays.asList(spans).subList(0, size);
    }

    @Override
    public Span span(int index) {
        return spans[index];
    }

    @Override
    public int size() {
        return size;
    }

    int bytes() {
        return bytes;
    }

    int errors() {
        return errors;
    }

    long startNanos() {
        return startNanos;
    }

    /** Returns the time from the first start to the last end. It is never negative, even if clocks differ. */
    long durationNanos() {
        return endNanos - startNanos;
    }

    /** Returns the root; see {@link #root(Collection)}. */
    Span root() {
        Span earliest = null;
        for (int i = 0; roots > 0 && i < size; i++) {
            if (spans[i].isRoot() && (earliest == null || spans[i].startNanos() < earliest.startNanos())) {
                earliest = spans[i];
            }
        }
        return earliest == null ? root(spans()) : earliest;
    }

    /** Returns the operation of the root. */
    Operation operation() {
        Span root = root();
        return new Operation(root.service(), root.name());
    }

    TraceSummary summary() {
        Span root = root();
        var services = new TreeMap<String, Integer>();
        spans().forEach(span -> services.merge(span.service(), 1, Integer::sum));
        return new TraceSummary(id, root.service(), root.name(), startNanos, durationNanos(), size, leftOut, errors, services);
    }

    /**
     * Returns the earliest span without a parent. If there is none, it is the earliest span whose parent has not arrived; if the
     * parents form a cycle, the earliest of all spans.
     */
    static Span root(Collection<Span> spans) {
        Comparator<Span> byStart = Comparator.comparingLong(Span::startNanos);
        return spans.stream().filter(Span::isRoot).min(byStart).orElseGet(() -> {
            Set<Long> ids = spans.stream().map(Span::spanId).collect(Collectors.toSet());
            return spans.stream().filter(span -> !ids.contains(span.parentId())).min(byStart)
                    .orElseGet(() -> spans.stream().min(byStart).orElseThrow());
        });
    }

    @Override
    public LongToIntFunction indexes() {
        if (size <= SMALL) {
            return this::scan;
        }
        Map<Long, Integer> indexes = HashMap.newHashMap(size);
        for (int i = 0; i < size; i++) {
            indexes.put(spans[i].spanId(), i);
        }
        return spanId -> indexes.getOrDefault(spanId, -1);
    }

    private int scan(long spanId) {
        for (int i = 0; i < size; i++) {
            if (spans[i].spanId() == spanId) {
                return i;
            }
        }
        return -1;
    }
}
