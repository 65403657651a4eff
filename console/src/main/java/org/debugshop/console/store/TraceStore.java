package org.debugshop.console.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The newest spans, by trace. Their number and their bytes are limited. A trace is old or new by the arrival of its first span.
 *
 * <pre>
 * history (some older traces)              complete (all traces of the last minutes)                         evicted (ids only)
 *   11c3.. → [ CONSUMER checkout ERROR ]     4bf9.. → [ SERVER currency, CLIENT gateway, SERVER gateway ]      0af7.., 9c1e..
 *   2d90.. → [ SERVER instabook ]            7d02.. → [ SERVER ad-service ]
 *
 * add(span of 7d02..)  joins its trace, however late
 * add(span of 0af7..)  is dropped and counted: one straggler would show as a trace that never was
 * add(span of e6a0..)  begins a trace; if that passes a bound, 4bf9.. goes to the history, which keeps it or not
 * </pre>
 *
 * Statistics need all traces of a period, so they read the complete part only ({@link #read}). Searches find both. The {@link History}
 * may take a fifth of the store, and until it is full, the complete part may use that room.
 *
 * <p>One trace may take a tenth of the store, and at most {@value #MAX_SPANS_PER_TRACE} spans, so that an endless trace doesn't displace
 * all others. Spans beyond that are dropped and counted. Its root and its failed spans are kept: other spans make room for them. There
 * are no indexes besides the maps: queries read all traces, which takes some milliseconds at the default of 120,000 spans and keeps
 * writing cheap. Thread-safe.
 */
public final class TraceStore {

    /** The average size of a span, in bytes, for the limit of bytes; Debug Shop's spans take about 300. */
    public static final int BYTES_PER_SPAN = 512;
    public static final int MAX_SPANS_PER_TRACE = 5000;

    private static final Comparator<Trace> BY_START = Comparator.comparingLong(Trace::startNanos).thenComparing(trace -> trace.id);

    private final int maxSpans;
    private final long maxBytes;
    private final int maxSpansPerTrace;
    private final long maxBytesPerTrace;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Shelf complete = new Shelf();
    private final History history;
    private final TraceId[] evicted = new TraceId[8192];

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
        this.maxSpansPerTrace = Math.min(MAX_SPANS_PER_TRACE, Math.max(maxSpans / 10, Math.min(maxSpans, 100)));
        this.maxBytesPerTrace = Math.max(maxBytes / 10, Math.min(maxBytes, 100 * BYTES_PER_SPAN));
        this.history = new History(maxSpans / 5, maxBytes / 5, this::noteEvicted);
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
        Shelf shelf = complete.traces.containsKey(span.traceId()) ? complete : history.shelfOf(span.traceId());
        if (shelf == null) {
            if (span.traceId().equals(evicted[evictedSlot(span.traceId())])) {
                lateSpans.increment();
                return 0;
            }
            shelf = complete;
            shelf.put(new Trace(span.traceId(), nowMillis));
        }
        Trace trace = shelf.traces.get(span.traceId());
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
        shelf.grow(trace.size() - sizeBefore, trace.bytes() - bytesBefore);
        return replaced;
    }

    private boolean hasRoom(Trace trace, Span span) {
        return trace.size() < maxSpansPerTrace && (trace.size() == 0 || trace.bytes() + span.bytes() <= maxBytesPerTrace);
    }

    /** Moves the oldest traces to the history until the rest is within the bounds. */
    private void evict() {
        while (isFull()) {
            if (complete.traces.size() > 1) {
                history.add(complete.removeFirst());
            } else if (!history.removeOne()) {
                return;
            }
        }
    }

    private boolean isFull() {
        return complete.spans() + history.spans() > maxSpans || complete.bytes() + history.bytes() > maxBytes;
    }

    private void noteEvicted(Trace trace) {
        evictedSpans.add(trace.size());
        evicted[evictedSlot(trace.id)] = trace.id;
    }

    /**
     * Replaces the set of the traces that stay although others of their age are removed. Those that are not stored (any more) are
     * ignored.
     *
     * @param ids the most important first, at most {@value History#MAX_PINNED}; they may take a tenth of the store
     */
    public void keep(Collection<TraceId> ids) {
        lock.writeLock().lock();
        try {
            history.pin(ids);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Returns since when all traces that arrived are stored; of older ones, only some are. Empty if all are stored. */
    public Optional<Instant> completeSince() {
        return underLock(() -> evictedSpans.sum() == 0 || complete.traces.isEmpty()
                ? Optional.empty()
                : Optional.of(Instant.ofEpochMilli(complete.traces.firstEntry().getValue().arrivedMillis())));
    }

    private int evictedSlot(TraceId id) {
        return id.hashCode() & evicted.length - 1;
    }

    /** Returns the newest traces that match, by their start. */
    public Page<TraceSummary> find(TraceQuery query) {
        return underLock(() -> {
            var newest = new NewestSelector<>(query.limit(), BY_START);
            each(trace -> {
                if (query.matches(trace)) {
                    newest.offer(trace);
                }
            });
            var found = newest.newestFirst();
            Optional<Cursor> next = newest.more()
                    ? Optional.of(new Cursor(found.getLast().startNanos(), found.getLast().id))
                    : Optional.empty();
            return new Page<>(found, next).map(Trace::summary);
        });
    }

    /** The spans of traces that match a query, and those of others to compare them with. */
    public record Groups(List<List<Span>> matching, List<List<Span>> others) {}

    /**
     * Returns the newest traces that match, and a sample of those that don't: of the same root operations in the same period or, if
     * there are none, of any time. The period is that of the query, or of the matching traces if they are more than its limit.
     *
     * @param query without a cursor
     */
    public Groups groups(TraceQuery query, int maxOthers) {
        return underLock(() -> {
            var matching = new NewestSelector<>(query.limit(), BY_START);
            each(trace -> {
                if (query.matches(trace)) {
                    matching.offer(trace);
                }
            });
            var found = matching.newestFirst();
            long sinceNanos = matching.more() ? found.getLast().startNanos() : query.startNanos().from();
            var operations = found.stream().map(Trace::operation).collect(Collectors.toSet());
            // Ids are random, so the traces with the highest ids are a fair sample.
            Comparator<Trace> byId = Comparator.comparing(trace -> trace.id);
            var others = new NewestSelector<>(maxOthers, byId);
            var ofAnyTime = new NewestSelector<>(maxOthers, byId);
            each(trace -> {
                if (!query.matches(trace) && operations.contains(trace.operation())) {
                    ofAnyTime.offer(trace);
                    if (trace.startNanos() >= sinceNanos && trace.startNanos() <= query.startNanos().to()) {
                        others.offer(trace);
                    }
                }
            });
            return new Groups(copies(found), copies((others.isEmpty() ? ofAnyTime : others).newestFirst()));
        });
    }

    private static List<List<Span>> copies(List<Trace> traces) {
        return traces.stream().map(trace -> List.copyOf(trace.spans())).toList();
    }

    /**
     * Returns the spans of a trace by their start, and parents before children if the starts are equal; empty if there is no such
     * trace.
     */
    public List<Span> trace(TraceId id) {
        List<Span> copy;
        lock.readLock().lock();
        try {
            Trace trace = stored(id);
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
        return underLock(() -> {
            Trace trace = stored(id);
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
        return underLock(() -> {
            Set<NewestSelector<Long>> ofTrace = new HashSet<>();
            each(trace -> {
                if (trace.errors() > 0) {
                    return;
                }
                ofTrace.clear();
                for (int i = 0; i < trace.size(); i++) {
                    Map<String, NewestSelector<Long>> ofService = newest.get(trace.span(i).service());
                    NewestSelector<Long> starts = ofService == null ? null : ofService.get(trace.span(i).name());
                    if (starts != null && ofTrace.add(starts)) {
                        starts.offer(trace.startNanos());
                    }
                }
            });
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
            for (Trace trace : complete.traces.sequencedValues().reversed()) {
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
        return underLock(() -> stored(id) != null);
    }

    /**
     * The traces with the same root operation around a trace: the latest successful one before it, and the first successful one
     * after it.
     */
    public record Neighbours(Optional<TraceSummary> before, Optional<TraceSummary> after) {}

    /** Returns the neighbours; empty if there is no such trace. */
    public Optional<Neighbours> neighbours(TraceId id) {
        return underLock(() -> {
            Trace trace = stored(id);
            if (trace == null) {
                return Optional.empty();
            }
            Span root = trace.root();
            var before = new NewestSelector<>(1, BY_START);
            var after = new NewestSelector<>(1, BY_START.reversed());
            each(other -> {
                if (other != trace && other.errors() == 0 && beginsLike(other, root)) {
                    (BY_START.compare(other, trace) < 0 ? before : after).offer(other);
                }
            });
            return Optional.of(new Neighbours(before.newestFirst().stream().findFirst().map(Trace::summary),
                    after.newestFirst().stream().findFirst().map(Trace::summary)));
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
     * Runs a query over all traces of the last minutes, in order of arrival: the period from which every trace is stored. {@code
     * question} must be fast, because writers wait meanwhile, and must not keep a view.
     */
    public <R> R read(Function<Collection<? extends TraceView>, R> question) {
        return underLock(() -> question.apply(complete.traces.values()));
    }

    /** Does something for each stored trace, also for older ones, of which only some are stored. The same holds as for {@link #read}. */
    public void forEach(Consumer<? super TraceView> action) {
        underLock(() -> {
            each(action);
            return null;
        });
    }

    private <R> R underLock(Supplier<R> question) {
        lock.readLock().lock();
        try {
            return question.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    private void each(Consumer<? super Trace> action) {
        complete.traces.values().forEach(action);
        history.forEach(action);
    }

    private Trace stored(TraceId id) {
        Trace trace = complete.traces.get(id);
        Shelf shelf = trace == null ? history.shelfOf(id) : null;
        return shelf == null ? trace : shelf.traces.get(id);
    }

    public int spans() {
        return underLock(() -> complete.spans() + history.spans());
    }

    public int traces() {
        return underLock(() -> complete.traces.size() + history.traces());
    }

    /** Returns the estimated size, which the limit applies to. */
    public long bytes() {
        return underLock(() -> complete.bytes() + history.bytes());
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
