package org.debugshop.loadgenerator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The last few ids, the eldest first: with a bound of three, adding d to {@code [a, b, c]} leaves {@code [b, c, d]}. Small enough
 * that moving all of them costs nothing. Safe to use from several threads.
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

    /** @return one of them by chance, each as likely as the others; empty when there is none */
    synchronized Optional<String> any(RandomGenerator random) {
        return ids.isEmpty() ? Optional.empty() : Optional.of(ids.get(random.nextInt(ids.size())));
    }
}
