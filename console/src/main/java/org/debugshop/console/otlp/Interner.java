package org.debugshop.console.otlp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.debugshop.console.store.Alteration;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.Pool;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.TraceId;

/**
 * Shares what repeats between requests, and counts what one span, log record or data point takes beyond that, so that its size is bounded:
 * of strings longer than {@value #MAX_CHARS} characters the middle is left out, and after {@value #MAX_BYTES} bytes the rest of its
 * attributes, events and links. A resource is kept in a pool whole, so it is counted whole, and what would take it over
 * {@value #MAX_RESOURCE_BYTES} bytes is left out, except for the attributes that name the service: a part of these bytes is theirs.
 * What is left out is counted, too. One for each request; the pools are common to all.
 */
final class Interner {

    static final int MAX_CHARS = 8192;
    static final int MAX_BYTES = 64 * 1024;
    static final int MAX_RESOURCE_BYTES = 8 * 1024;
    /** A command line must not leave a resource without room for the rest. */
    private static final int LONGEST_OF_RESOURCE = 1024;

    /** Stands for a value that is not kept; null is a value that is empty. */
    static final Object LEFT_OUT = new Object();

    /** The pools of one receiver: at most about 6 MiB, if each slot holds a string of the longest kind or a resource of the largest. */
    record Pools(Pool names, Pool values, Pool traceIds, Pool resources) {
        Pools() {
            this(new Pool(4096), new Pool(8192), new Pool(1024), new Pool(256));
        }
    }

    private static final String NO_ROOM = "a span, log record or data point may take " + MAX_BYTES
            + " bytes; a value beyond them was left out";
    private static final String NO_ROOM_IN_RESOURCE = "a resource may take " + MAX_RESOURCE_BYTES
            + " bytes; an attribute beyond them was left out";
    private static final String LONG_TEXT = "a character of the middle of a text was left out, since it has more than "
            + MAX_CHARS + " characters, or more than " + LONGEST_OF_RESOURCE + " in a resource";
    private static final String TIME_REPLACED = "a time that cannot be was replaced by that of the arrival, or by the other end of the span";

    /** What names a service. They are always kept, cut at {@value #LONGEST_NAME_OF_SERVICE} characters. */
    private static final Set<String> NAMES_OF_SERVICE = Set.of("service.name", "service.namespace", "service.version",
            "service.instance.id");
    private static final int LONGEST_NAME_OF_SERVICE = 256;
    /** Enough for each of these names once. */
    private static final int RESERVED_BYTES = 4 * (2 * LONGEST_NAME_OF_SERVICE + 200);
    /** The longest that {@link #shorten} puts into the middle of a text. */
    private static final int GAP_CHARS = 48;

    private static final int LONGEST_SHARED = 128;
    private static final int STRING_BYTES = 48;
    private static final int REFERENCE_BYTES = 4;
    private static final int BOX_BYTES = 16;
    private static final int ARRAY_BYTES = 32;
    private static final int CONTAINER_BYTES = 56;
    private static final int ENTRY_BYTES = 48;
    private static final int ALTERATION_BYTES = 24;

    private final Pools pools;
    private final Report report;
    private final Arrival arrival;
    private int bytes;
    private int valuesLeftOut;
    private int charactersLeftOut;
    private boolean inResource;

    Interner(Pools pools, Report report, Arrival arrival) {
        this.pools = pools;
        this.report = report;
        this.arrival = arrival;
    }

    Arrival arrival() {
        return arrival;
    }

    /** Begins the next span, log record, metric or data point, or the name of a scope. */
    void restart(int initialBytes) {
        bytes = initialBytes;
        valuesLeftOut = 0;
        charactersLeftOut = 0;
        inResource = false;
    }

    void restartResource() {
        restart(CONTAINER_BYTES + ARRAY_BYTES);
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

    /** Notes that a value of the current one is not kept. */
    void leaveOut(String reason) {
        valuesLeftOut++;
        report.warn(1, reason);
    }

    void leaveOutForWantOfRoom() {
        leaveOut(inResource ? NO_ROOM_IN_RESOURCE : NO_ROOM);
    }

    /** Ends a span, log record or data point: how it differs from what was sent. */
    Alteration alteration(Alteration.Replaced replaced) {
        report.warn(charactersLeftOut, LONG_TEXT);
        report.warn(replaced == Alteration.Replaced.NONE ? 0 : 1, TIME_REPLACED);
        Alteration alteration = Alteration.of(valuesLeftOut, charactersLeftOut, replaced);
        bytes += alteration == Alteration.NONE ? 0 : ALTERATION_BYTES;
        return alteration;
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
     * Adds a key and its value to a list of pairs.
     *
     * @param value null if it is empty, {@link #LEFT_OUT} if it is not to be kept
     * @param depth 0: of attributes; more: of a map among their values
     * @param bytesBefore what the current one took before the key and the value were read
     */
    void pair(List<Object> pairs, String key, Object value, int depth, int bytesBefore) {
        if (value == LEFT_OUT) {
            return;
        }
        Object kept = value;
        boolean namesService = inResource && depth == 0 && NAMES_OF_SERVICE.contains(key);
        if (namesService && value instanceof String name && name.length() > LONGEST_NAME_OF_SERVICE) {
            bytes -= bytesOf(name);
            kept = shorten(name, name, name.length(), LONGEST_NAME_OF_SERVICE);
            bytes += bytesOf((String) kept);
        }
        bytes += depth == 0 ? 2 * REFERENCE_BYTES : ENTRY_BYTES;
        // A span's last value may go beyond its bound, which is one of many; not that of a resource, on which a pool's bound rests.
        if (inResource && depth == 0 && bytes > MAX_RESOURCE_BYTES - (namesService ? 0 : RESERVED_BYTES)) {
            bytes = bytesBefore;
            leaveOutForWantOfRoom();
        } else {
            pairs.add(key);
            pairs.add(kept);
        }
    }

    void element(List<Object> list, Object value) {
        if (value != LEFT_OUT) {
            bytes += REFERENCE_BYTES;
            list.add(value);
        }
    }

    /** Begins an array or a map among the values. */
    List<Object> container() {
        bytes += CONTAINER_BYTES;
        return new ArrayList<>();
    }

    /** Ends an array. Its elements may be null. */
    List<Object> list(List<Object> values) {
        return values.isEmpty() ? List.of() : Collections.unmodifiableList(Arrays.asList(values.toArray()));
    }

    TraceId traceId(TraceId id) {
        return pools.traceIds.intern(id);
    }

    /** Ends a resource. From here on {@link #bytes} is what it takes beyond what is shared: nothing, if it was known. */
    Resource resource(Attributes attributes) {
        report.warn(charactersLeftOut, LONG_TEXT);
        Resource sent = Resource.of(attributes, valuesLeftOut);
        Resource shared = pools.resources.intern(sent);
        bytes = shared == sent ? bytes : 0;
        return shared;
    }

    private String share(Pool pool, String string) {
        String bounded = string.length() <= longest() ? string : shorten(string, string, string.length());
        String shared = bounded.length() <= LONGEST_SHARED ? pool.intern(bounded) : bounded;
        bytes += shared == bounded || inResource ? STRING_BYTES + bytesOf(bounded) : 0;
        return shared;
    }

    private int longest() {
        return inResource ? LONGEST_OF_RESOURCE : MAX_CHARS;
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

    /**
     * Leaves out the middle of a text that is too long. Its end is kept, since that is where a stack trace names the root cause.
     *
     * @param beginning of the text, {@code end} likewise: each has as many characters as are kept of it, or more
     * @param length of the whole text
     */
    String shorten(String beginning, String end, long length) {
        return shorten(beginning, end, length, longest());
    }

    private String shorten(String beginning, String end, long length, int longest) {
        int head = (longest - GAP_CHARS) * 3 / 8;
        int tail = longest - GAP_CHARS - head;
        int headEnd = Character.isHighSurrogate(beginning.charAt(head - 1)) ? head - 1 : head;
        int tailStart = end.length() - tail;
        tailStart += Character.isLowSurrogate(end.charAt(tailStart)) ? 1 : 0;
        long missing = length - headEnd - (end.length() - tailStart);
        charactersLeftOut = (int) Math.min(Integer.MAX_VALUE, charactersLeftOut + missing);
        // In Latin-1, as most texts are: one character beyond would make the whole text take twice the bytes.
        return beginning.substring(0, headEnd) + " ... " + missing + " characters left out ... " + end.substring(tailStart);
    }
}
