package org.debugshop.gateway;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;

/**
 * An order as checkout returns it; only what the gateway needs of it.
 *
 * @param paymentId null until the order is paid
 */
record Order(String orderId, String userId, String userCurrency, List<Line> products, BigDecimal total, String timestamp,
        String paymentStatus, String paymentId) {

    /** The most product ids that {@link #productIds} repeats. */
    private static final int MAX_IDS = 100;

    /** Pieces of one product. */
    record Line(int id, int quantity) {}

    /** @param cursor the start of the next page; null on the last page */
    record Page(List<Order> orders, String cursor) {

        public Page {
            requireNonNull(orders);
        }
    }

    Order {
        requireNonNull(orderId);
        requireNonNull(userCurrency);
        requireNonNull(products);
        requireNonNull(total);
    }

    /** Returns {@code paid} or {@code pending}, as users see the state of an order. */
    String status() {
        return "paid".equals(paymentStatus) ? "paid" : "pending";
    }

    /** Returns the id of each piece. An order with more than {@link #MAX_IDS} pieces has each id once, so that the list stays short. */
    List<Integer> productIds() {
        return products.stream().mapToLong(Line::quantity).sum() > MAX_IDS
                ? products.stream().map(Line::id).distinct().toList()
                : products.stream().flatMap(line -> Collections.nCopies(line.quantity(), line.id()).stream()).toList();
    }
}
