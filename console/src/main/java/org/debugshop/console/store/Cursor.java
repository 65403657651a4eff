package org.debugshop.console.store;

import java.util.HexFormat;

/**
 * The place of the last item answered: its time, and its id where times are equal. Since it names a place and not a number of items
 * to skip, what arrives or goes meanwhile moves nothing else. Only a trace may change its own place: a late span that starts before all
 * others makes its start earlier, so that a trace already answered may come again on a later page. A start never moves to later, so none
 * is passed over. To a client it is one opaque word.
 */
public record Cursor(long timeNanos, TraceId id) {

    /** @throws IllegalArgumentException if it is not what {@link #toString} wrote */
    public static Cursor parse(String text) {
        if (text.length() != 48) {
            throw new IllegalArgumentException("not a cursor");
        }
        return new Cursor(HexFormat.fromHexDigitsToLong(text, 0, 16), TraceId.parse(text.substring(16)));
    }

    /** Whether something at this place comes after the cursor in a list that has the newest first. */
    boolean isBefore(long otherTimeNanos, TraceId otherId) {
        return otherTimeNanos < timeNanos || otherTimeNanos == timeNanos && otherId.compareTo(id) < 0;
    }

    @Override
    public String toString() {
        return TraceId.hex(timeNanos) + id;
    }
}
