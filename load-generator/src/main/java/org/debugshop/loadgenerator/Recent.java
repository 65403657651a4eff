package org.debugshop.loadgenerator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The last few values, oldest first: with a capacity of three, adding d to {@code [a, b, c]} leaves {@code [b, c, d]}. The list is so
 * small that moving all of them costs nothing. Thread-safe.
 */
final class Recent<T> {

    private final List<T> values;
    private final int bound;

    Recent(int bound) {
        this.bound = bound;
        this.values = new ArrayList<>(bound);
    }

    synchronized void add(T value) {
        if (values.size() == bound) {
            values.removeFirst();
        }
        values.add(value);
    }

    synchronized void remove(T value) {
        values.remove(value);
    }

    /** Returns a random value, each with the same probability; empty if there is none. */
    synchronized Optional<T> any(RandomGenerator random) {
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(random.nextInt(values.size())));
    }
}
