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
 * Places orders: reserves what they want, has checkout place them, and gives up the reservation when checkout has certainly not placed an
 * order with it (docs/orders.md, "Who holds a reservation").
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
     * @param key of the caller's, with which a repeated request gets the answer of the first one
     * @return what checkout answers; a failure when it refuses or fails, or the inventory refuses
     */
    Uni<Response> place(Optional<String> key, SentOrder order) {
        var wanted = order.pieces();
        if (wanted.isEmpty()) {
            return process(key.orElse(null), order.withoutReservation());
        }
        // The same for both, so that neither does anything twice.
        var ownKey = key.orElseGet(() -> UUID.randomUUID().toString());
        var attempt = UUID.randomUUID().toString();
        return inventory.reserve(ownKey, attempt, wanted.get())
                .flatMap(reservation -> reservation
                        .map(id -> processReserved(ownKey, attempt, order.with(id)))
                        .orElseGet(() -> process(ownKey, order.withoutReservation())))
                .onFailure(failure -> key.isPresent() && isSoldOut(failure))
                .recoverWithUni(soldOut -> unlessRepeated(ownKey, order.withoutReservation(), soldOut));
    }

    /** The attempt holds the reservation unless it has certainly placed no order: then it is given up. */
    private Uni<Response> processReserved(String key, String attempt, byte[] order) {
        return process(key, order)
                .call(answer -> answer.getHeaderString(IdempotencyKey.REPLAYED) == null
                        ? Uni.createFrom().voidItem()
                        : inventory.giveUp(attempt))
                .onFailure(Checkout::isNotPlaced).call(() -> inventory.giveUp(attempt));
    }

    /** A product may be sold out because this very order has taken it. */
    private Uni<Response> unlessRepeated(String key, byte[] order, Throwable soldOut) {
        return answer(client.processRepeated(key, order)).onFailure(failure -> status(failure) == NOT_FOUND).transform(_ -> soldOut);
    }

    /** @param key null if the caller gave none and nothing is reserved */
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

    /** The status code of the upstream's refusal, or 0 if this is no refusal. */
    private static int status(Throwable failure) {
        return failure instanceof UpstreamFailure upstream && UpstreamFailure.isRefusal(failure) ? upstream.upstreamStatus() : 0;
    }
}
