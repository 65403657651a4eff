package org.debugshop.console.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Selects the newest of many items in one pass, with a heap whose top is the oldest kept item, which is replaced next. That is
 * cheaper than an index by time, which every late span would have to update.
 *
 * <pre>
 * capacity 3, offered 5 9 2 7:   [5]  [5 9]  [2 5 9]  [5 7 9]
 * </pre>
 */
final class NewestSelector<T> {

    private final int capacity;
    private final Comparator<T> order;
    private final PriorityQueue<T> heap;
    private boolean more;

    /** @param order oldest first */
    NewestSelector(int capacity, Comparator<T> order) {
        this.capacity = capacity;
        this.order = order;
        this.heap = new PriorityQueue<>(order);
    }

    void offer(T candidate) {
        if (heap.size() < capacity) {
            heap.add(candidate);
            return;
        }
        more = true;
        if (order.compare(candidate, heap.element()) > 0) {
            heap.remove();
            heap.add(candidate);
        }
    }

    boolean isEmpty() {
        return heap.isEmpty();
    }

    /** Returns whether some items didn't fit. */
    boolean more() {
        return more;
    }

    List<T> newestFirst() {
        var list = new ArrayList<>(heap);
        list.sort(order.reversed());
        return list;
    }
}
