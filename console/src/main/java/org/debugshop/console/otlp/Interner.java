package org.debugshop.console.otlp;

import java.util.ArrayList;
import java.util.List;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.Pool;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.TraceId;

/**
 * Shares what repeats between requests, and counts what one span or log record takes beyond that, so that its size is bounded:
 * strings are cut at {@value #MAX_CHARS} characters, and after {@value #MAX_BYTES} bytes the rest of its attributes, events and
 * links is left out. A resource is kept in a pool whole, so it is counted whole, and what would take it over {@value #MAX_RESOURCE_BYTES}
 * bytes is left out. One for each request; the pools are common to all.
 */
final class Interner {

    static final int MAX_CHARS = 8192;
    static final int MAX_BYTES = 64 * 1024;
    static final int MAX_RESOURCE_BYTES = 8 * 1024;

    /** The pools of one receiver: at most about 6 MiB, if each slot holds a string of the longest kind or a resource of the largest. */
    record Pools(Pool names, Pool values, Pool traceIds, Pool resources) {
        Pools() {
            this(new Pool(4096), new Pool(8192), new Pool(1024), new Pool(256));
        }
    }

    private static final int LONGEST_SHARED = 128;
    /** A command line must not leave a resource without room for its name. */
    private static final int LONGEST_OF_RESOURCE = 1024;
    private static final int STRING_BYTES = 48;
    private static final int REFERENCE_BYTES = 4;
    private static final int BOX_BYTES = 16;
    private static final int ARRAY_BYTES = 32;
    private static final int CONTAINER_BYTES = 56;
    private static final int ENTRY_BYTES = 48;

    private final Pools pools;
    private int bytes;
    private boolean inResource;

    Interner(Pools pools) {
        this.pools = pools;
    }

    /** Begins the next span or log record, or the name of a scope. */
    void restart(int initialBytes) {
        bytes = initialBytes;
        inResource = false;
    }

    void restartResource() {
        bytes = CONTAINER_BYTES + ARRAY_BYTES;
        inResource = true;
    }

    /** Bytes of the current one so far. */
    int bytes() {
        return bytes;
    }

    /** Whether the current one may have more. */
    boolean hasRoom() {
        return bytes < (inResource ? MAX_RESOURCE_BYTES : MAX_BYTES);
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
        bytes += shared == boxed || inResource ? BOX_BYTES : 0;
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

    /**
     * Adds a key and its value to a list of pairs, if there is a value.
     *
     * @param depth 0: of attributes; more: of a map among their values
     */
    void pair(List<Object> pairs, String key, Object value, int depth) {
        if (value != null) {
            bytes += depth == 0 ? 2 * REFERENCE_BYTES : ENTRY_BYTES;
            if (fits()) {
                pairs.add(key);
                pairs.add(value);
            }
        }
    }

    void element(List<Object> list, Object value) {
        if (value != null) {
            bytes += REFERENCE_BYTES;
            if (fits()) {
                list.add(value);
            }
        }
    }

    /** A span's last value may go beyond its bound, which is one of many; not that of a resource, on which a pool's bound rests. */
    private boolean fits() {
        return !inResource || bytes <= MAX_RESOURCE_BYTES;
    }

    /** Begins an array or a map among the values. */
    List<Object> container() {
        bytes += CONTAINER_BYTES;
        return new ArrayList<>();
    }

    TraceId traceId(TraceId id) {
        return pools.traceIds.intern(id);
    }

    /** Ends a resource. From here on {@link #bytes} is what it takes beyond what is shared: nothing, if it was known. */
    Resource resource(Attributes attributes) {
        Resource sent = Resource.of(attributes);
        Resource shared = pools.resources.intern(sent);
        bytes = shared == sent ? bytes : 0;
        return shared;
    }

    private String share(Pool pool, String string) {
        int longest = inResource ? LONGEST_OF_RESOURCE : MAX_CHARS;
        String bounded = string.length() <= longest ? string : cut(string, longest);
        String shared = bounded.length() <= LONGEST_SHARED ? pool.intern(bounded) : bounded;
        bytes += shared == bounded || inResource ? STRING_BYTES + bytesOf(bounded) : 0;
        return shared;
    }

    /** As the JVM keeps strings: a byte for a character, two as soon as one of them is not Latin-1. */
    private static int bytesOf(String string) {
        for (int i = 0; i < string.length(); i++) {
            if (string.charAt(i) > 0xFF) {
                return 2 * string.length();
            }
        }
        return string.length();
    }

    private static String cut(String string, int longest) {
        int end = longest - 1;
        return string.substring(0, Character.isHighSurrogate(string.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
