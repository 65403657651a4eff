package org.debugshop.console.store;

import java.util.HexFormat;

/** The 128 bits of a W3C trace id. It is written as 32 lower-case hex digits, and read in either case. */
public record TraceId(long high, long low) implements Comparable<TraceId> {

    /** The trace id of log records without a trace. */
    public static final TraceId NONE = new TraceId(0, 0);

    /** @throws IllegalArgumentException if {@code hex} is not 32 hex digits */
    public static TraceId parse(String hex) {
        if (hex.length() != 32) {
            throw new IllegalArgumentException("a trace id has 32 hex digits");
        }
        return new TraceId(HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
    }

    /** By W3C Trace Context, a trace id of all zeros is invalid. */
    public boolean isValid() {
        return (high | low) != 0;
    }

    @Override
    public int hashCode() {
        // Ids are random, but tests and some generators vary only a few bits.
        long mixed = (high ^ Long.rotateLeft(low, 32)) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }

    @Override
    public int compareTo(TraceId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return hex(high) + hex(low);
    }

    /** Formats a span id, or half of a trace id, as 16 lower-case hex digits. */
    public static String hex(long id) {
        return HexFormat.of().toHexDigits(id);
    }
}
