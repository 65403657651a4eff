package org.debugshop.console.otlp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.debugshop.console.store.Received;
import org.debugshop.console.store.Resource;

/**
 * The good spans or log records of one request, on their way to the store; the bad ones are reported.
 *
 * <p>They are handed over when the request has been read to its end, so an unreadable one leaves nothing behind. Only a request with more
 * than {@value #MAX_RECORDS} of them or {@value #MAX_BYTES} bytes, far beyond what exporters send, is handed over in slices,
 * because it need not fit into memory. Not safe for several threads.
 */
final class Batch<T extends Received<T>> {

    static final int MAX_RECORDS = 4096;
    static final int MAX_BYTES = 2 * 1024 * 1024;

    private final Report report;
    private final Consumer<List<T>> store;
    private final List<T> pending = new ArrayList<>();
    private long pendingBytes;
    private int owedForResource;
    private int owedForScope;
    private long accepted;

    Batch(Report report, Consumer<List<T>> store) {
        this.report = report;
        this.store = store;
    }

    void add(T read) {
        T item = read.charged(owedForResource + owedForScope);
        owedForResource = 0;
        owedForScope = 0;
        if (pending.size() == MAX_RECORDS || pendingBytes + item.bytes() > MAX_BYTES) {
            flush();
        }
        pending.add(item);
        pendingBytes += item.bytes();
        accepted++;
    }

    void reject(String reason) {
        report.reject(1, reason);
    }

    /** How many have been added so far: a place to correct from. */
    long mark() {
        return accepted;
    }

    /**
     * What was added since {@code mark} is of this resource: field order is free, so it may be named after what it sent.
     *
     * @param bytes what the resource takes, which the first that it sent is charged with, there or yet to come
     */
    void correctResource(long mark, Resource resource, int bytes) {
        List<T> sent = pendingSince(mark);
        sent.replaceAll(item -> item.from(resource, item.scope()));
        owedForResource = chargeFirst(sent, bytes);
    }

    /** Likewise for the scope. */
    void correctScope(long mark, String scope, int bytes) {
        List<T> sent = pendingSince(mark);
        sent.replaceAll(item -> item.from(item.resource(), scope));
        owedForScope = chargeFirst(sent, bytes);
    }

    /** @return what is left to charge */
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
            store.accept(pending);
            pending.clear();
            pendingBytes = 0;
        }
    }

    /** The end of a request that could be read. */
    Outcome finish() {
        flush();
        return new Outcome(accepted, report.rejected(), report.problem());
    }

    /** @param problem what was rejected, left out or replaced, and why; empty if nothing was */
    record Outcome(long accepted, long rejected, String problem) {}
}
