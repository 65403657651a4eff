package org.debugshop.console.store;

import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Recognises records that arrive again: from an exporter that got no answer, or from a Collector that the console forwards to and
 * that exports to the console. It remembers the identities of the latest records, as hashes of 64 bits:
 *
 * <pre>
 * newer   [ span 7d02.. ][ log 51ee.. ][           ]    full: becomes the older half, and a new one begins
 * older   [ log 4bf9..  ][ span 0af7..][ point 9c1e.. ]
 * </pre>
 *
 * Thread-safe.
 */
public final class Seen {

    private final int capacity;
    private long[] newer;
    private long[] older;
    private int count;

    /** @param capacity the number of records that are always remembered, a power of two; up to twice as many may be */
    public Seen(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("The capacity is a power of two, not " + capacity);
        }
        this.capacity = capacity;
        newer = new long[2 * capacity];
        older = new long[2 * capacity];
    }

    /** Remembers a record. Returns false if it was remembered already. */
    public synchronized boolean add(long identity) {
        // Zero is an empty slot.
        long id = identity == 0 ? 1 : identity;
        int slot = slot(newer, id);
        if (newer[slot] == id) {
            return false;
        }
        boolean known = older[slot(older, id)] == id;
        if (count == capacity) {
            older = newer;
            newer = new long[2 * capacity];
            count = 0;
            slot = slot(newer, id);
        }
        newer[slot] = id;
        count++;
        return !known;
    }

    /** Returns the slot of this id, or the empty one where it belongs. */
    private static int slot(long[] half, long id) {
        int slot = (int) (id ^ id >>> 32) & half.length - 1;
        while (half[slot] != 0 && half[slot] != id) {
            slot = slot + 1 & half.length - 1;
        }
        return slot;
    }

    /** Returns the identity of a span: its ids. */
    public static long identity(Span span) {
        return mix(mix(mix(1, span.traceId().high()), span.traceId().low()), span.spanId());
    }

    /**
     * Returns the identity of a log record: all it has except its scope and the attributes of its resource, which Collectors add
     * to.
     */
    public static long identity(LogRecord entry) {
        long hash = mix(2, entry.isTimed() ? entry.timeNanos() : 0);
        hash = mix(mix(hash, hash(entry.service())), entry.level().ordinal());
        hash = mix(mix(hash, hash(entry.eventName())), hash(entry.message()));
        hash = mix(mix(mix(hash, entry.traceId().high()), entry.traceId().low()), entry.spanId());
        return mix(hash, hash(entry.attributes()::forEach));
    }

    /**
     * Returns the identity of a data point.
     *
     * @param instance {@code service.instance.id}; empty if there is none
     * @param point the hash of its attributes, combined with its time
     */
    public static long identity(String service, String instance, String metric, long point) {
        return mix(mix(mix(mix(3, hash(service)), hash(instance)), hash(metric)), point);
    }

    /** Returns the hash of keys and values in any order. @param pairs calls back with each key and its value */
    public static long hash(Consumer<BiConsumer<String, Object>> pairs) {
        long[] sum = new long[1];
        pairs.accept((key, value) -> sum[0] += mix(hash(key), value instanceof String text ? hash(text) : Objects.hashCode(value)));
        return sum[0];
    }

    public static long hash(String text) {
        return (long) text.hashCode() << 32 ^ text.length();
    }

    /** Combines a hash with another value, which may be a hash too. */
    public static long mix(long hash, long value) {
        long mixed = (hash ^ value) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 31) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 29;
    }
}
