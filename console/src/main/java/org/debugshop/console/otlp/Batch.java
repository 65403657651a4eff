package org.debugshop.console.otlp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.TelemetryRecord;

/**
 * The valid spans or log records of one request on their way to the store. Invalid ones are reported.
 *
 * <p>They are stored after the whole request was read, so an unreadable request stores nothing. Only if a request has more than
 * {@value #MAX_RECORDS} records or {@value #MAX_BYTES} bytes, far more than exporters send, is it stored in slices, because it need
 * not fit into memory. Not thread-safe.
 */
final class Batch<T extends TelemetryRecord<T>> {

    static final int MAX_RECORDS = 4096;
    static final int MAX_BYTES = 2 * 1024 * 1024;

    /** Stores records. Neither argument may be kept. */
    @FunctionalInterface
    interface Store<T> {
        /** @param positions returns the position of a record in the request, by its index in the list */
        void accept(List<T> records, IntUnaryOperator positions);
    }

    private final Report report;
    private final Store<T> store;
    private final List<T> pending = new ArrayList<>();
    /** The positions of the pending records. */
    private int[] positions = new int[64];
    private final BitSet rejected = new BitSet();
    private int count;
    private long pendingBytes;
    private int owedForResource;
    private int owedForScope;
    private long accepted;

    Batch(Report report, Consumer<List<T>> store) {
        this(report, (records, _) -> store.accept(records));
    }

    private Batch(Report report, Store<T> store) {
        this.report = report;
        this.store = store;
    }

    static <T extends TelemetryRecord<T>> Batch<T> of(Report report, Store<T> store) {
        return new Batch<>(report, store);
    }

    void add(T read) {
        T item = read.charged(owedForResource + owedForScope);
        owedForResource = 0;
        owedForScope = 0;
        if (pending.size() == MAX_RECORDS || pendingBytes + item.bytes() > MAX_BYTES) {
            flush();
        }
        if (pending.size() == positions.length) {
            positions = Arrays.copyOf(positions, 2 * positions.length);
        }
        positions[pending.size()] = count++;
        pending.add(item);
        pendingBytes += item.bytes();
        accepted++;
    }

    void reject(String reason) {
        rejected.set(count++);
        report.reject(1, reason);
    }

    /** Returns how many records the request has had so far, with the rejected ones. */
    int read() {
        return count;
    }

    /** Returns the positions of the rejected records. */
    BitSet rejected() {
        return rejected;
    }

    /** Returns how many records were added so far, as a position for later corrections. */
    long mark() {
        return accepted;
    }

    /**
     * Sets the resource of all records that were added since {@code mark}. Because the order of fields is free, the resource may
     * follow its records.
     *
     * @param bytes the size of the resource, which is charged to its first record, already added or yet to come
     */
    void correctResource(long mark, Resource resource, int bytes) {
        List<T> sent = pendingSince(mark);
        sent.replaceAll(item -> item.from(resource, item.scope()));
        owedForResource = chargeFirst(sent, bytes);
    }

    /** Sets the scope of all records that were added since {@code mark}, like {@link #correctResource}. */
    void correctScope(long mark, String scope, int bytes) {
        List<T> sent = pendingSince(mark);
        sent.replaceAll(item -> item.from(item.resource(), scope));
        owedForScope = chargeFirst(sent, bytes);
    }

    /** Returns the bytes that are still to be charged. */
    private int chargeFirst(List<T> sent, int bytes) {
        if (sent.isEmpty()) {
            return bytes;
        }
        sent.set(0, sent.getFirst().charged(bytes));
        pendingBytes += bytes;
        return 0;
    }

    private List<T> pendingSince(long mark) {
        return pending.subList((int) Math.max(0, pending.size() - (accepted - mark)), pending.size());
    }

    void flush() {
        if (!pending.isEmpty()) {
            store.accept(pending, index -> positions[index]);
            pending.clear();
            pendingBytes = 0;
        }
    }

    /** Stores the rest of a request that was read completely. */
    Outcome finish() {
        flush();
        return new Outcome(accepted, report.rejected(), report.problem());
    }

    /** @param problem what was rejected, dropped or replaced, and why; empty if nothing was */
    record Outcome(long accepted, long rejected, String problem) {}
}
