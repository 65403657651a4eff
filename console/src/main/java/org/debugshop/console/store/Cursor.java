package org.debugshop.console.store;

import java.util.HexFormat;

/**
 * The position of the last returned item: its time, and its id if times are equal. It is a position and not an offset, so items
 * that arrive or are removed don't move the others. Only a trace may change its own position: a late span can move its start to an
 * earlier time, so a trace may be returned again on a later page. Its start never moves to a later time, so no trace is skipped.
 * The text form is opaque to clients.
 */
public record Cursor(long timeNanos, TraceId id) {

    /** @throws IllegalArgumentException if it wasn't written by {@link #toString} */
    public static Cursor parse(String text) {
        if (text.length() != 48) {
            throw new IllegalArgumentException("not a cursor");
        }
        return new Cursor(HexFormat.fromHexDigitsToLong(text, 0, 16), TraceId.parse(text.substring(16)));
    }

    /** Returns whether an item at this position follows the cursor in a list with the newest first. */
    boolean isBefore(long otherTimeNanos, TraceId otherId) {
        return otherTimeNanos < timeNanos || otherTimeNanos == timeNanos && otherId.compareTo(id) < 0;
    }

    @Override
    public String toString() {
        return TraceId.hex(timeNanos) + id;
    }
}
