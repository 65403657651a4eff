package org.debugshop.gateway;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
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

    private final CheckoutClient client;
    private final Inventory inventory;
    private final Upstream upstream = Upstream.named("checkout");

    Checkout(@RestClient CheckoutClient client, Inventory inventory) {
        this.client = client;
        this.inventory = inventory;
    }

    /**
     * Places an order.
     *
     * @param key the Idempotency-Key of the caller's request; a repeated request with the same key gets the first request's answer
     * @return checkout's answer; fails if checkout refuses or fails, or if inventory refuses
     */
    Uni<Response> place(Optional<String> key, SentOrder order) {
        var wanted = order.pieces();
        if (wanted.isEmpty()) {
            return process(key.orElse(null), order.withoutReservation());
        }
        // The reservation and the order use the same key, so a retry repeats neither.
        var ownKey = key.orElseGet(() -> UUID.randomUUID().toString());
        var attempt = UUID.randomUUID().toString();
        return inventory.reserve(ownKey, attempt, wanted.get())
                .flatMap(reservation -> reservation
                        .map(id -> processReserved(ownKey, attempt, order.with(id)))
                        .orElseGet(() -> process(ownKey, order.withoutReservation())))
                .onFailure(failure -> key.isPresent() && isSoldOut(failure))
                .recoverWithUni(soldOut -> unlessRepeated(ownKey, order.withoutReservation(), soldOut));
    }

    /** Processes an order with its reservation, and gives up the attempt if it certainly placed no order. */
    private Uni<Response> processReserved(String key, String attempt, byte[] order) {
        return process(key, order)
                .call(answer -> answer.getHeaderString(IdempotencyKey.REPLAYED) == null
                        ? Uni.createFrom().voidItem()
                        : inventory.giveUp(attempt))
                .onFailure(Checkout::isNotPlaced).call(() -> inventory.giveUp(attempt));
    }

    /** Looks for an order placed by an earlier request with this key: it may be the reason why the product is sold out. */
    private Uni<Response> unlessRepeated(String key, byte[] order, Throwable soldOut) {
        return answer(client.processRepeated(key, order)).onFailure(failure -> status(failure) == NOT_FOUND).transform(_ -> soldOut);
    }

    /** @param key the Idempotency-Key; null if the caller sent none and nothing is reserved */
    private Uni<Response> process(String key, byte[] order) {
        return answer(client.process(key, order));
    }

    private Uni<Response> answer(Uni<RestResponse<byte[]>> request) {
        return PassThrough.answer(upstream, request)
                .onFailure(Checkout::isNotPlaced).invoke(failure -> ((UpstreamFailure) failure).nothingWasDone());
    }

    private static boolean isNotPlaced(Throwable failure) {
        return failure instanceof UpstreamFailure upstream && upstream.didNothing();
    }

    private static boolean isSoldOut(Throwable failure) {
        return status(failure) == CONFLICT;
    }

    /** Returns the status code of the upstream's refusal, or 0 if this isn't a refusal. */
    private static int status(Throwable failure) {
        return failure instanceof UpstreamFailure upstream && UpstreamFailure.isRefusal(failure) ? upstream.upstreamStatus() : 0;
    }
}
