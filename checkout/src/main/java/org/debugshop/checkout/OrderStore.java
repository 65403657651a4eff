package org.debugshop.checkout;

import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import org.debugshop.defaults.http.HttpError;

/**
 * Where orders are kept: in PostgreSQL, or in memory where there is none. Each answer may be a failure, an {@link HttpError} of 503 that
 * says when to come back.
 */
interface OrderStore {

    /**
     * An order as somebody wants to place it.
     *
     * @param key         the request's Idempotency-Key; empty when it has none
     * @param fingerprint of what was asked for: two requests with the same one ask for the same
     * @param reservations of the stock that the order takes
     */
    record Placement(Order order, Optional<String> key, String fingerprint, List<String> reservations) {}

    /** @param cursor where the next page begins; null on the last one */
    record Page(List<Order> orders, String cursor) {}

    /** What a customer gets in the end. */
    record Document(String text, Order.Receipt receipt) {}

    /**
     * @return the order of the key: this one, or one that was placed before; 422 when that was another, 503 when one of its reservations
     *         was {@link #release released} before
     */
    Uni<Order> place(Placement placement);

    /**
     * Asks for reservations back, because they have expired. No order can take one of them after that.
     *
     * @param reservations at least one
     * @return those that an order has taken, and keeps
     */
    Uni<List<String>> release(List<String> reservations);

    /** @return the order that was placed with this key, if there is one; 422 when that was another */
    Uni<Optional<Order>> repeated(String key, String fingerprint);

    Uni<Optional<Order>> find(String id);

    /**
     * @param limit  at least 1
     * @param cursor of the page before, or null for the first page; 400 when it is none
     * @return a user's orders, newest first
     */
    Uni<Page> of(String userId, int limit, String cursor);

    /** @return what is given to the customer of this order; empty as long as there is none */
    Uni<Optional<Document>> receipt(String id);

    /** Keeps the receipt of an order that there is, unless it has one. */
    Uni<Void> write(String id, Document receipt);

    /** Whether it can be asked at all; true for good once it could. */
    boolean prepared();

    /** @throws HttpError 422 unless both are the same */
    static void mustBeTheSame(String fingerprint, String known) {
        if (!fingerprint.equals(known)) {
            throw new HttpError(422, "This Idempotency-Key was used for another order");
        }
    }

    /** @throws HttpError 400, always */
    static HttpError noCursor() {
        return HttpError.badRequest("cursor must be one that an earlier answer gave");
    }
}
