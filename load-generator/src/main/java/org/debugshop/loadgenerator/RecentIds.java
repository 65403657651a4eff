package org.debugshop.loadgenerator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The last few ids, oldest first: with a capacity of three, adding d to {@code [a, b, c]} leaves {@code [b, c, d]}. The list is so
 * small that moving all ids costs nothing. Thread-safe.
 */
final class RecentIds {

    private final List<String> ids;
    private final int bound;

    RecentIds(int bound) {
        this.bound = bound;
        this.ids = new ArrayList<>(bound);
    }

    synchronized void add(String id) {
        if (ids.size() == bound) {
            ids.removeFirst();
        }
        ids.add(id);
    }

    synchronized void remove(String id) {
        ids.remove(id);
    }

    /** Returns a random id, each with the same probability; empty if there is none. */
    synchronized Optional<String> any(RandomGenerator random) {
        return ids.isEmpty() ? Optional.empty() : Optional.of(ids.get(random.nextInt(ids.size())));
    }
}
