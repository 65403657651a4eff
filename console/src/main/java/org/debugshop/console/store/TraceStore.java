package org.debugshop.console.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * The newest spans, by trace. Their number and their bytes are limited. Beyond that, the oldest traces are removed as a whole; the
 * oldest trace is the one whose first span arrived first.
 *
 * <pre>
 * traces (in order of arrival)                                   evicted (ids only, a few thousand)
 *   4bf9.. → [ SERVER currency, CLIENT gateway, SERVER gateway ]   0af7.., 9c1e..
 *   7d02.. → [ SERVER ad-service ]
 *   51ee.. → [ SERVER instabook, CLIENT instabook ]
 *
 * add(span of 7d02..)  joins its trace, however late
 * add(span of 0af7..)  is dropped and counted: one straggler would show as a trace that never was
 * add(span of e6a0..)  begins a trace; if that passes a bound, 4bf9.. goes with all its spans
 * </pre>
 *
 * One trace may take a tenth of the store, so that an endless trace doesn't displace all others. Spans beyond that are dropped and
 * counted. Its root and its failed spans are kept: other spans make room for them. There are no indexes besides the map: queries
 * read all traces, which takes a few milliseconds at the default of 50,000 spans and keeps writing cheap. Thread-safe.
 */
public final class TraceStore {

    /** The average size of a span, in bytes, for the limit of bytes; Debug Shop's spans take about 300. */
    public static final int BYTES_PER_SPAN = 768;

    private static final Comparator<Trace> BY_START = Comparator.comparingLong(Trace::startNanos).thenComparing(trace -> trace.id);

    private final int maxSpans;
    private final long maxBytes;
    private final int maxSpansPerTrace;
    private final long maxBytesPerTrace;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final LinkedHashMap<TraceId, Trace> traces = new LinkedHashMap<>();
    private final TraceId[] evicted = new TraceId[8192];
    private int spans;
    private long bytes;

    private final LongAdder evictedSpans = new LongAdder();
    private final LongAdder duplicateSpans = new LongAdder();
    private final LongAdder lateSpans = new LongAdder();
    private final LongAdder excessSpans = new LongAdder();

    /** @param maxSpans 1 or more; the limit of bytes is {@value #BYTES_PER_SPAN} for each */
    public TraceStore(int maxSpans) {
        if (maxSpans < 1) {
            throw new IllegalArgumentException("MAX_SPANS must be at least 1, not " + maxSpans);
        }
        this.maxSpans = maxSpans;
        this.maxBytes = (long) maxSpans * BYTES_PER_SPAN;
        this.maxSpansPerTrace = Math.max(maxSpans / 10, Math.min(maxSpans, 100));
        this.maxBytesPerTrace = Math.max(maxBytes / 10, Math.min(maxBytes, 100 * BYTES_PER_SPAN));
    }

    /**
     * The spans that were dropped because of a batch.
     *
     * @param late spans of traces that were already evicted
     * @param excess spans that didn't fit into their traces
     * @param replaced spans, of earlier batches or of this one, that were dropped for more important ones of their traces
     */
    public record LeftOut(long late, long excess, long replaced) {}

    /** @param nowMillis the time of arrival, in milliseconds since the epoch */
    public LeftOut add(Collection<Span> batch, long nowMillis) {
        lock.writeLock().lock();
        try {
            long lateBefore = lateSpans.sum();
            long excessBefore = excessSpans.sum();
            long replaced = 0;
            for (Span span : batch) {
                replaced += add(span, nowMillis);
            }
            evict();
            return new LeftOut(lateSpans.sum() - lateBefore, excessSpans.sum() - excessBefore - replaced, replaced);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Adds a span, and returns how many spans of its trace were dropped for it. */
    private int add(Span span, long nowMillis) {
        Trace trace = traces.get(span.traceId());
        if (trace == null) {
            if (span.traceId().equals(evicted[evictedSlot(span.traceId())])) {
                lateSpans.increment();
                return 0;
            }
            trace = new Trace(span.traceId(), nowMillis);
            traces.put(trace.id, trace);
        }
        if (trace.contains(span.spanId())) {
            duplicateSpans.increment();
            return 0;
        }
        int sizeBefore = trace.size();
        int bytesBefore = trace.bytes();
        int leftOutBefore = trace.leftOut();
        boolean room = hasRoom(trace, span);
        while (!room && trace.makeRoomFor(span)) {
            room = hasRoom(trace, span);
        }
        int replaced = trace.leftOut() - leftOutBefore;
        if (room) {
            trace.add(span);
        } else {
            trace.leaveOut();
        }
        excessSpans.add(trace.leftOut() - leftOutBefore);
        spans += trace.size() - sizeBefore;
        bytes += trace.bytes() - bytesBefore;
        return replaced;
    }

    private boolean hasRoom(Trace trace, Span span) {
        return trace.size() < maxSpansPerTrace && (trace.size() == 0 || trace.bytes() + span.bytes() <= maxBytesPerTrace);
    }

    private void evict() {
        var oldest = traces.values().iterator();
        while (traces.size() > 1 && (spans > maxSpans || bytes > maxBytes)) {
            Trace trace = oldest.next();
            oldest.remove();
            spans -= trace.size();
            bytes -= trace.bytes();
            evictedSpans.add(trace.size());
            evicted[evictedSlot(trace.id)] = trace.id;
        }
    }

    private int evictedSlot(TraceId id) {
        return id.hashCode() & evicted.length - 1;
    }

    /** Returns the newest traces that match, by their start. */
    public Page<TraceSummary> find(TraceQuery query) {
        return underLock(all -> {
            var newest = new NewestSelector<>(query.limit(), BY_START);
            for (Trace trace : all) {
                if (query.matches(trace)) {
                    newest.offer(trace);
                }
            }
            var found = newest.newestFirst();
            Optional<Cursor> next = newest.more()
                    ? Optional.of(new Cursor(found.getLast().startNanos(), found.getLast().id))
                    : Optional.empty();
            return new Page<>(found, next).map(Trace::summary);
        });
    }

    /**
     * Returns the spans of a trace by their start, and parents before children if the starts are equal; empty if there is no such
     * trace.
     */
    public List<Span> trace(TraceId id) {
        List<Span> copy;
        lock.readLock().lock();
        try {
            Trace trace = traces.get(id);
            copy = trace == null ? List.of() : new ArrayList<>(trace.spans());
        } finally {
            lock.readLock().unlock();
        }
        if (copy.size() > 1) {
            copy.sort(Comparator.comparingLong(Span::startNanos).thenComparing(Comparator.comparingLong(Span::durationNanos).reversed()));
        }
        return copy;
    }

    /** Returns how many spans of this trace were dropped because it is too large; 0 if there is no such trace. */
    public int leftOut(TraceId id) {
        return underLock(_ -> {
            Trace trace = traces.get(id);
            return trace == null ? 0 : trace.leftOut();
        });
    }

    /**
     * Returns the starts of the newest successful traces with a span of these services and operations.
     *
     * @param operations names of operations by the name of their service
     * @param limit the maximum number of starts for each, newest first
     * @return starts by operation by service; empty for an operation without such a trace
     */
    public Map<String, Map<String, List<Long>>> newestGood(Map<String, Set<String>> operations, int limit) {
        Map<String, Map<String, NewestSelector<Long>>> newest = new HashMap<>();
        operations.forEach((service, names) -> {
            Map<String, NewestSelector<Long>> ofService = new HashMap<>();
            names.forEach(name -> ofService.put(name, new NewestSelector<>(limit, Comparator.<Long>naturalOrder())));
            newest.put(service, ofService);
        });
        return underLock(all -> {
            Set<NewestSelector<Long>> ofTrace = new HashSet<>();
            for (Trace trace : all) {
                if (trace.errors() > 0) {
                    continue;
                }
                ofTrace.clear();
                for (int i = 0; i < trace.size(); i++) {
                    Map<String, NewestSelector<Long>> ofService = newest.get(trace.span(i).service());
                    NewestSelector<Long> starts = ofService == null ? null : ofService.get(trace.span(i).name());
                    if (starts != null && ofTrace.add(starts)) {
                        starts.offer(trace.startNanos());
                    }
                }
            }
            Map<String, Map<String, List<Long>>> found = new HashMap<>();
            newest.forEach((service, ofService) -> {
                Map<String, List<Long>> starts = new HashMap<>();
                ofService.forEach((name, kept) -> starts.put(name, kept.newestFirst()));
                found.put(service, starts);
            });
            return found;
        });
    }

    /** A trace as far as it has arrived. @param arrivedMillis when its first span arrived, in milliseconds since the epoch */
    public record Arrived(TraceId id, long arrivedMillis, List<Span> spans) {}

    /**
     * Returns the traces that began to arrive at or after a time, the newest first, with spans in no order. The lock is only held while
     * references are copied.
     *
     * @param sinceMillis milliseconds since the epoch
     * @param maxSpans after this many spans, older traces are left out
     */
    public List<Arrived> arrivedSince(long sinceMillis, int maxSpans) {
        lock.readLock().lock();
        try {
            var found = new ArrayList<Arrived>();
            int copied = 0;
            for (Trace trace : traces.sequencedValues().reversed()) {
                if (trace.arrivedMillis() < sinceMillis || copied >= maxSpans) {
                    break;
                }
                found.add(new Arrived(trace.id, trace.arrivedMillis(), List.copyOf(trace.spans())));
                copied += trace.size();
            }
            return found;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Returns whether any span of this trace is stored. */
    public boolean has(TraceId id) {
        return underLock(_ -> traces.containsKey(id));
    }

    /**
     * The traces with the same root operation around a trace: the latest successful one before it, and the first successful one
     * after it.
     */
    public record Neighbours(Optional<TraceSummary> before, Optional<TraceSummary> after) {}

    /** Returns the neighbours; empty if there is no such trace. */
    public Optional<Neighbours> neighbours(TraceId id) {
        return underLock(all -> {
            Trace trace = traces.get(id);
            if (trace == null) {
                return Optional.empty();
            }
            Span root = root(trace.spans());
            Trace before = null;
            Trace after = null;
            for (Trace other : all) {
                if (other == trace || other.errors() > 0 || !beginsLike(other, root)) {
                    continue;
                }
                if (BY_START.compare(other, trace) < 0) {
                    before = before == null || BY_START.compare(other, before) > 0 ? other : before;
                } else {
                    after = after == null || BY_START.compare(other, after) < 0 ? other : after;
                }
            }
            return Optional
                    .of(new Neighbours(Optional.ofNullable(before).map(Trace::summary), Optional.ofNullable(after).map(Trace::summary)));
        });
    }

    private static boolean beginsLike(Trace trace, Span root) {
        for (int i = 0; i < trace.size(); i++) {
            Span span = trace.span(i);
            if (span.isRoot() && span.service().equals(root.service()) && span.name().equals(root.name())) {
                return true;
            }
        }
        return false;
    }

    /** Returns the root of a trace; see {@link TraceSummary#rootService}. @param spans at least one */
    public static Span root(Collection<Span> spans) {
        return Trace.root(spans);
    }

    /**
     * Runs a query over all traces, in order of arrival. {@code question} must be fast, because writers wait meanwhile, and must
     * not keep a view.
     */
    public <R> R read(Function<Collection<? extends TraceView>, R> question) {
        return underLock(question::apply);
    }

    private <R> R underLock(Function<Collection<Trace>, R> question) {
        lock.readLock().lock();
        try {
            return question.apply(traces.values());
        } finally {
            lock.readLock().unlock();
        }
    }

    public int spans() {
        return underLock(_ -> spans);
    }

    public int traces() {
        return underLock(Collection::size);
    }

    /** Returns the estimated size, which the limit applies to. */
    public long bytes() {
        return underLock(_ -> bytes);
    }

    /** Returns how many spans were removed with their traces to make room. */
    public long evictedSpans() {
        return evictedSpans.sum();
    }

    /** Returns how many spans were received more than once. */
    public long duplicateSpans() {
        return duplicateSpans.sum();
    }

    /** Returns how many spans arrived after their trace was removed. */
    public long lateSpans() {
        return lateSpans.sum();
    }

    /** Returns how many spans exceeded the limit of their trace. */
    public long excessSpans() {
        return excessSpans.sum();
    }
}
