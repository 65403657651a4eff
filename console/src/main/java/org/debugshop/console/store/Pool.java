package org.debugshop.console.store;

/**
 * Lets equal immutable values be one object. Telemetry repeats itself: of 50,000 spans, all but a few strings are the same.
 *
 * <p>A direct-mapped cache: a value's hash says the one slot it may be in, and a newcomer replaces what is there.
 *
 * <pre>
 * slot   0 1            2      3
 *        - "http.route" "GET"  -       intern("GET") answers the old "GET";
 *                                      intern("PUT"), if its slot is 2 too, replaces it
 * </pre>
 *
 * So it is bounded by its size and never needs clearing; a flood of unique values only makes it less useful for a while.
 * Threads may race: the worst is two copies of an equal value.
 */
public final class Pool {

    private final Object[] slots;

    /** @param size the number of slots, a power of two */
    public Pool(int size) {
        if (Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("The size of a pool is a power of two, not " + size);
        }
        slots = new Object[size];
    }

    /** An equal object met before, or {@code value} itself. */
    @SuppressWarnings("unchecked")
    public <T> T intern(T value) {
        int hash = value.hashCode();
        int slot = (hash ^ hash >>> 16) & slots.length - 1;
        Object known = slots[slot];
        if (value.equals(known)) {
            return (T) known;
        }
        slots[slot] = value;
        return value;
    }
}
