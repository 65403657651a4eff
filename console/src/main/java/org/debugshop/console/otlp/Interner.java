package org.debugshop.console.otlp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.debugshop.console.store.Alteration;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.InternPool;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.TraceId;

/**
 * Shares values that repeat between requests. It also measures what each span, log record or data point takes beyond these, which
 * is limited: strings of more than {@value #MAX_CHARS} characters lose their middle, and after {@value #MAX_BYTES} bytes the
 * remaining attributes, events and links are dropped. A resource is pooled as a whole, so it is measured as a whole, and attributes
 * beyond {@value #MAX_RESOURCE_BYTES} bytes are dropped. Part of these bytes is reserved for the attributes that name the service,
 * which are always kept. Whatever is dropped is counted. There is one instance for each request; the pools are shared.
 */
final class Interner {

    static final int MAX_CHARS = 8192;
    static final int MAX_BYTES = 64 * 1024;
    static final int MAX_RESOURCE_BYTES = 8 * 1024;
    /** The maximum length of a text in a resource, so that a long command line leaves room for other attributes. */
    private static final int LONGEST_OF_RESOURCE = 1024;

    /** A placeholder for a dropped value. In contrast, null is an empty value. */
    static final Object LEFT_OUT = new Object();

    /** The pools of one receiver. They take at most about 6 MiB, if every slot holds a string or a resource of maximum size. */
    record Pools(InternPool names, InternPool values, InternPool traceIds, InternPool resources) {
        Pools() {
            this(new InternPool(4096), new InternPool(8192), new InternPool(1024), new InternPool(256));
        }
    }

    private static final String NO_ROOM = "a span, log record or data point may take " + MAX_BYTES
            + " bytes; a value beyond them was left out";
    private static final String NO_ROOM_IN_RESOURCE = "a resource may take " + MAX_RESOURCE_BYTES
            + " bytes; an attribute beyond them was left out";
    private static final String LONG_TEXT = "a character in the middle of a text was left out, because the text has more than "
            + MAX_CHARS + " characters, or more than " + LONGEST_OF_RESOURCE + " in a resource";
    private static final String TIME_REPLACED = "an invalid time was replaced by the time of arrival, or by the other end of the span";

    /** The attributes that name a service. They are always kept, cut at {@value #LONGEST_NAME_OF_SERVICE} characters. */
    private static final Set<String> NAMES_OF_SERVICE = Set.of("service.name", "service.namespace", "service.version",
            "service.instance.id");
    private static final int LONGEST_NAME_OF_SERVICE = 256;
    /** Enough bytes for each of these attributes once. */
    private static final int RESERVED_BYTES = 4 * (2 * LONGEST_NAME_OF_SERVICE + 200);
    /** The maximum length of the text that {@link #shorten} inserts. */
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

    /** Starts the next span, log record, metric, data point or name of a scope. */
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

    /** Returns the bytes of the current record so far. */
    int bytes() {
        return bytes;
    }

    /** Returns whether the current record may have more. */
    boolean hasRoom() {
        return bytes < (inResource ? MAX_RESOURCE_BYTES : MAX_BYTES);
    }

    void add(int more) {
        bytes += more;
    }

    /** Counts a dropped value of the current record. */
    void leaveOut(String reason) {
        valuesLeftOut++;
        report.warn(1, reason);
    }

    void leaveOutForWantOfRoom() {
        leaveOut(inResource ? NO_ROOM_IN_RESOURCE : NO_ROOM);
    }

    /** Ends a span, log record or data point, and returns how it differs from what was sent. */
    Alteration alteration(Alteration.Replaced replaced) {
        report.warn(charactersLeftOut, LONG_TEXT);
        report.warn(replaced == Alteration.Replaced.NONE ? 0 : 1, TIME_REPLACED);
        Alteration alteration = Alteration.of(valuesLeftOut, charactersLeftOut, replaced);
        bytes += alteration == Alteration.NONE ? 0 : ALTERATION_BYTES;
        return alteration;
    }

    /** Interns a key, the name of an operation or the name of an event; there are few different ones. */
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
     * @param value null if it is empty, {@link #LEFT_OUT} to drop it
     * @param depth 0 for attributes; more for a map inside a value
     * @param bytesBefore the bytes of the current record before the key and the value were read
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
        // The last value of a span may exceed its limit, because the store has a limit, too. That of a resource may not, because
        // the bound of the pool depends on it.
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

    /** Starts an array or a map in a value. */
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

    /** Ends a resource. After this, {@link #bytes} is its size beyond shared values: zero if the pool already had the resource. */
    Resource resource(Attributes attributes) {
        report.warn(charactersLeftOut, LONG_TEXT);
        Resource sent = Resource.of(attributes, valuesLeftOut);
        Resource shared = pools.resources.intern(sent);
        bytes = shared == sent ? bytes : 0;
        return shared;
    }

    private String share(InternPool pool, String string) {
        String bounded = string.length() <= longest() ? string : shorten(string, string, string.length());
        String shared = bounded.length() <= LONGEST_SHARED ? pool.intern(bounded) : bounded;
        bytes += shared == bounded || inResource ? STRING_BYTES + bytesOf(bounded) : 0;
        return shared;
    }

    private int longest() {
        return inResource ? LONGEST_OF_RESOURCE : MAX_CHARS;
    }

    /** Returns the size of a string in the JVM: one byte per character, or two if any character isn't Latin-1. */
    private static int bytesOf(String string) {
        for (int i = 0; i < string.length(); i++) {
            if (string.charAt(i) > 0xFF) {
                return 2 * string.length();
            }
        }
        return string.length();
    }

    /**
     * Drops the middle of a text that is too long. The end is kept, because a stack trace has its root cause there.
     *
     * @param beginning the beginning of the text; like {@code end}, it has at least as many characters as are kept of it
     * @param length the length of the whole text
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
        // In Latin-1, like most texts: one other character would double the size of the whole text.
        return beginning.substring(0, headEnd) + " ... " + missing + " characters left out ... " + end.substring(tailStart);
    }
}
