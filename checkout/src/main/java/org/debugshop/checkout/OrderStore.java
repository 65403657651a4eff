package org.debugshop.checkout;

import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import org.debugshop.defaults.http.HttpError;

/**
 * Stores orders: in PostgreSQL, or in memory if there is no database. Any method may fail with an {@link HttpError} 503 that has
 * {@code Retry-After}.
 */
interface OrderStore {

    /**
     * A request to place an order.
     *
     * @param key the request's Idempotency-Key; empty if it has none
     * @param fingerprint a hash of the request; equal requests have equal fingerprints
     * @param reservations the reservations that the order takes
     */
    record Placement(Order order, Optional<String> key, String fingerprint, List<String> reservations) {}

    /** @param cursor the start of the next page; null on the last page */
    record Page(List<Order> orders, String cursor) {}

    /** A receipt: its text, with its checksum and size. */
    record Document(String text, Order.Receipt receipt) {}

    /**
     * Places an order, unless one was placed with the same key.
     *
     * @return the order of the key: this one or the earlier one; 422 if the earlier one was a different order, 503 if one of the
     *         reservations was {@link #release released}
     */
    Uni<Order> place(Placement placement);

    /**
     * Releases expired reservations. No order can take them after that.
     *
     * @param reservations at least one
     * @return those that belong to an order, which keeps them
     */
    Uni<List<String>> release(List<String> reservations);

    /** Returns the order that was placed with this key, if there is one; fails with 422 if that was a different order. */
    Uni<Optional<Order>> repeated(String key, String fingerprint);

    Uni<Optional<Order>> find(String id);

    /**
     * @param limit at least 1
     * @param cursor the {@code cursor} of the previous page, or null for the first page; 400 if it is invalid
     * @return a user's orders, newest first
     */
    Uni<Page> of(String userId, int limit, String cursor);

    /** Returns the receipt of this order; empty until it is written. */
    Uni<Optional<Document>> receipt(String id);

    /** Stores the receipt of an existing order, unless it has one. */
    Uni<Void> write(String id, Document receipt);

    /**
     * Marks an order as paid, unless it is.
     *
     * @return the id of the payment by which the order is paid now: this one or an earlier one; empty if there is no such order
     */
    Uni<Optional<String>> pay(String id, String payment);

    /** Returns whether the store has been ready at least once. */
    boolean prepared();

    /** @throws HttpError 422 if they differ */
    static void mustBeTheSame(String fingerprint, String known) {
        if (!fingerprint.equals(known)) {
            throw new HttpError(422, "This Idempotency-Key was used for another order");
        }
    }

    /** Returns the error 400 for an invalid cursor. */
    static HttpError noCursor() {
        return HttpError.badRequest("cursor must come from an earlier answer");
    }
}
