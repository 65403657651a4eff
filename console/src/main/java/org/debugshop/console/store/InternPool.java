package org.debugshop.console.store;

/**
 * Replaces equal immutable values by one object. Telemetry is repetitive: in thousands of spans, nearly all strings occur often.
 *
 * <p>It is a direct-mapped cache: the hash of a value determines its only possible slot, and a new value replaces the old one.
 *
 * <pre>
 * slot   0 1            2      3
 *        - "http.route" "GET"  -       intern("GET") returns the old "GET";
 *                                      intern("PUT"), if its slot is 2 too, replaces it
 * </pre>
 *
 * So its size is fixed and it needs no clearing. A flood of unique values only makes it less useful for a while. It takes no locks:
 * in the worst case there are two copies of an equal value.
 */
public final class InternPool {

    private final Object[] slots;

    /** @param size the number of slots, a power of two */
    public InternPool(int size) {
        if (Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("The size of a pool must be a power of two, not " + size);
        }
        slots = new Object[size];
    }

    /** Returns an equal object from the pool, or {@code value} itself. */
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
