package org.debugshop.gateway;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.debugshop.defaults.http.IdempotencyKey;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.debugshop.gateway.edge.PassThrough;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * Places orders. Reserves the stock, sends the order to checkout, and releases the reservation if it is certain that checkout
 * placed no order with it (docs/orders.md, "Who holds a reservation").
 */
@Singleton
class Checkout {

    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    /** One of checkout's routes that take orders. */
    private interface Request<T> {

        /** @param key the Idempotency-Key; null if the caller sent none and nothing is reserved */
        Uni<RestResponse<T>> send(String key, byte[] order);
    }

    private final CheckoutClient client;
    private final Inventory inventory;
    private final Faults faults;
    private final Upstream upstream = Upstream.named("checkout");

    Checkout(@RestClient CheckoutClient client, Inventory inventory, Faults faults) {
        this.client = client;
        this.inventory = inventory;
        this.faults = faults;
    }

    /**
     * Places an order as {@code POST /process} takes it.
     *
     * @param key the Idempotency-Key of the caller's request; a repeated request with the same key gets the first request's answer
     * @return checkout's answer; fails if checkout refuses or fails, or if inventory refuses
     */
    Uni<Response> place(Optional<String> key, SentOrder order) {
        return place(key, order, client::process, client::processRepeated).map(PassThrough::copy);
    }

    /** Places an order as {@code POST /orders} takes it. Apart from that, this is {@link #place}. */
    Uni<RestResponse<Order>> create(Optional<String> key, SentOrder order, String userId, String userName) {
        return place(key, order, (ownKey, body) -> client.create(ownKey, userId, userName, body),
                (ownKey, body) -> client.createRepeated(ownKey, userId, userName, body));
    }

    /**
     * @param request sends the order
     * @param repeated sends the order so that checkout answers as before if it knows the key, and 404 otherwise
     */
    private <T> Uni<RestResponse<T>> place(Optional<String> key, SentOrder order, Request<T> request, Request<T> repeated) {
        var wanted = order.pieces();
        if (wanted.isEmpty()) {
            return send(request, key.orElse(null), order.withoutReservation());
        }
        // The reservation and the order use the same key, so a retry repeats neither.
        var ownKey = key.orElseGet(() -> UUID.randomUUID().toString());
        var attempt = UUID.randomUUID().toString();
        return inventory.reserve(ownKey, attempt, wanted.get())
                .flatMap(reservation -> reservation
                        .map(id -> sendReserved(request, ownKey, attempt, order.with(id)))
                        .orElseGet(() -> send(request, ownKey, order.withoutReservation())))
                .onFailure(failure -> key.isPresent() && isSoldOut(failure))
                .recoverWithUni(soldOut -> unlessRepeated(repeated, ownKey, order.withoutReservation(), soldOut));
    }

    /** Sends an order with its reservation, and gives up the attempt if it certainly placed no order. */
    private <T> Uni<RestResponse<T>> sendReserved(Request<T> request, String key, String attempt, byte[] order) {
        return send(request, key, order)
                .call(answer -> answer.getHeaderString(IdempotencyKey.REPLAYED) == null
                        ? Uni.createFrom().voidItem()
                        : inventory.giveUp(attempt))
                .onFailure(PassThrough::isNotDone).call(() -> inventory.giveUp(attempt));
    }

    /** Looks for an order placed by an earlier request with this key: it may be the reason why the product is sold out. */
    private <T> Uni<RestResponse<T>> unlessRepeated(Request<T> repeated, String key, byte[] order, Throwable soldOut) {
        return send(repeated, key, order).onFailure(failure -> status(failure) == NOT_FOUND).transform(_ -> soldOut);
    }

    private <T> Uni<RestResponse<T>> send(Request<T> request, String key, byte[] order) {
        return PassThrough.change(upstream(), request.send(key, order));
    }

    private Upstream upstream() {
        var milliseconds = (long) faults.tightTimeout().strength();
        return milliseconds > 0 ? new Upstream(upstream.service(), Duration.ofMillis(milliseconds)) : upstream;
    }

    private static boolean isSoldOut(Throwable failure) {
        return status(failure) == CONFLICT;
    }

    /** Returns the status code of the upstream's refusal, or 0 if this isn't a refusal. */
    private static int status(Throwable failure) {
        return failure instanceof UpstreamFailure upstream && UpstreamFailure.isRefusal(failure) ? upstream.upstreamStatus() : 0;
    }
}
