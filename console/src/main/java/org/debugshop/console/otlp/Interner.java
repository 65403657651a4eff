package org.debugshop.console.otlp;

import java.util.List;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.Pool;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.TraceId;

/**
 * Shares what repeats between requests, and counts what one span or log record takes beyond that, so that its size is bounded:
 * strings are cut at {@value #MAX_CHARS} characters, and after {@value #MAX_BYTES} bytes the rest of its attributes, events and
 * links is left out. One for each request; the pools are common to all.
 */
final class Interner {

    static final int MAX_CHARS = 8192;
    static final int MAX_BYTES = 64 * 1024;

    /** The pools of one receiver: about 2 MiB if each slot holds a string of the longest kind. */
    record Pools(Pool names, Pool values, Pool traceIds, Pool resources) {
        Pools() {
            this(new Pool(4096), new Pool(8192), new Pool(1024), new Pool(512));
        }
    }

    private static final int LONGEST_SHARED = 128;
    private static final int STRING_BYTES = 48;
    private static final int REFERENCE_BYTES = 4;
    private static final int BOX_BYTES = 16;
    private static final int ARRAY_BYTES = 32;

    private final Pools pools;
    private int bytes;

    Interner(Pools pools) {
        this.pools = pools;
    }

    /** Begins the next span or log record. */
    void restart(int initialBytes) {
        bytes = initialBytes;
    }

    /** Bytes of the current one so far. */
    int bytes() {
        return bytes;
    }

    /** Whether the current one may have more. */
    boolean hasRoom() {
        return bytes < MAX_BYTES;
    }

    void add(int more) {
        bytes += more;
    }

    /** A key, an operation, the name of an event: few different ones. */
    String name(String name) {
        return share(pools.names, name);
    }

    String text(String text) {
        return share(pools.values, text);
    }

    Long number(long number) {
        Long boxed = number;
        Long shared = pools.values.intern(boxed);
        bytes += shared == boxed ? BOX_BYTES : 0;
        return shared;
    }

    Double number(double number) {
        bytes += BOX_BYTES;
        return number;
    }

    Attributes attributes(Attributes attributes) {
        bytes += attributes.isEmpty() ? 0 : ARRAY_BYTES;
        return attributes;
    }

    /** Adds a key and its value to a list of pairs, if there is a value. */
    void pair(List<Object> pairs, String key, Object value) {
        if (value != null) {
            bytes += 2 * REFERENCE_BYTES;
            pairs.add(key);
            pairs.add(value);
        }
    }

    void element(List<Object> list, Object value) {
        if (value != null) {
            bytes += REFERENCE_BYTES;
            list.add(value);
        }
    }

    TraceId traceId(TraceId id) {
        return pools.traceIds.intern(id);
    }

    Resource resource(Attributes attributes) {
        return pools.resources.intern(Resource.of(attributes));
    }

    private String share(Pool pool, String string) {
        String bounded = string.length() <= MAX_CHARS ? string : cut(string);
        if (bounded.length() <= LONGEST_SHARED) {
            String shared = pool.intern(bounded);
            bytes += shared == bounded ? STRING_BYTES + bounded.length() : 0;
            return shared;
        }
        bytes += STRING_BYTES + bounded.length();
        return bounded;
    }

    private static String cut(String string) {
        int end = MAX_CHARS - 1;
        return string.substring(0, Character.isHighSurrogate(string.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
