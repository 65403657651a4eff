package org.debugshop.gateway;

import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.util.TypeLiteral;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.debugshop.defaults.HttpError;
import org.debugshop.defaults.Upstream;
import org.debugshop.defaults.UpstreamFailure;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/**
 * The stock, as far as there is an inventory service and it answers. Pages are worth showing without it. An order is taken without a
 * reservation only if it can be honoured by what was last known: at most half of what was available then, for others may sell too
 * (docs/orders.md). Safe under concurrent use.
 */
@Singleton
class Inventory {

    /** As long as what was known of a product counts. */
    private static final Duration KNOWN_FOR = Duration.ofMinutes(10);
    /** More products than any catalog here has; what is known of others is forgotten first come, first served. */
    private static final int MAX_KNOWN = 10_000;

    /** @param sellable pieces that may still be sold without a reservation, @param until a {@link System#nanoTime()} */
    private record Known(int sellable, long until) {}

    private final InventoryClient client;
    private final boolean exists;
    private final Upstream upstream = Upstream.named("inventory");
    private final Map<Integer, Known> known = new HashMap<>();
    private final TypedGuard<Uni<List<InventoryClient.Stock>>> looks = guard(new TypeLiteral<Uni<List<InventoryClient.Stock>>>() {});
    private final TypedGuard<Uni<Optional<String>>> reservations = guard(new TypeLiteral<Uni<Optional<String>>>() {});

    /** @param client to be had only where there is an address */
    Inventory(@RestClient Instance<InventoryClient> client, @ConfigProperty(name = "shop.inventory.url") Optional<String> url) {
        this.exists = url.filter(text -> !text.isBlank()).isPresent();
        this.client = exists ? client.get() : null;
    }

    /** Who refuses is well: only a service that does not answer, or fails, is left alone for a while. */
    private static <T> TypedGuard<Uni<T>> guard(TypeLiteral<Uni<T>> type) {
        return TypedGuard.create(type)
                .withCircuitBreaker().requestVolumeThreshold(10).failureRatio(0.5).delay(2, ChronoUnit.SECONDS)
                .when(failure -> !(failure instanceof UpstreamFailure told && told.kind() == UpstreamFailure.Kind.REFUSED)).done()
                .build();
    }

    /** @return of those products that have a stock; none while the inventory service does not answer, which the current span then says */
    Uni<List<InventoryClient.Stock>> of(List<Integer> productIds) {
        if (!exists || productIds.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        var span = Span.current();
        var ids = String.join(",", productIds.stream().map(String::valueOf).toList());
        return looks.get(() -> upstream.call(client.stock(ids)))
                .invoke(this::remember)
                .onFailure().invoke(failure -> tell(span, failure, "Answered without stock"))
                .onFailure().recoverWithItem(List.of());
    }

    /**
     * Reserves pieces of each product for an order.
     *
     * @param key of the order: once more with the same key gives the same reservation
     * @return the reservation; empty when the order may be taken without one; a failure when it may not: what the inventory service
     *         said, or a 503
     */
    Uni<Optional<String>> reserve(String key, Map<Integer, Integer> pieces) {
        if (!exists) {
            return Uni.createFrom().item(Optional.empty());
        }
        var span = Span.current();
        var wanted = new InventoryClient.Wanted(
                pieces.entrySet().stream().map(item -> new InventoryClient.Item(item.getKey().toString(), item.getValue())).toList());
        return reservations
                .get(() -> upstream.call(client.reserve(key, wanted)).map(reservation -> Optional.of(reservation.reservationId())))
                .onFailure(failure -> !isRefusal(failure)).recoverWithUni(failure -> {
                    var sold = sellFromWhatIsKnown(pieces);
                    tell(span, failure, sold ? "Took an order without a reservation" : "Refused an order whose stock cannot be checked");
                    return sold
                            ? Uni.createFrom().item(Optional.empty())
                            : Uni.createFrom().failure(HttpError.unavailable("Stock cannot be checked at the moment", failure));
                });
    }

    /** Gives a reservation back, if it can; else it comes to its end by itself. */
    Uni<Void> release(String reservation) {
        return upstream.call(client.release(new InventoryClient.Reservation(reservation)))
                .onFailure().invoke(failure -> Log.infof("A reservation is left to expire: %s", failure.getMessage()))
                .onFailure().recoverWithNull();
    }

    static boolean isRefusal(Throwable failure) {
        return failure instanceof UpstreamFailure told && told.kind() == UpstreamFailure.Kind.REFUSED;
    }

    private void remember(List<InventoryClient.Stock> stocks) {
        var until = System.nanoTime() + KNOWN_FOR.toNanos();
        synchronized (known) {
            stocks.stream().filter(_ -> known.size() < MAX_KNOWN)
                    .forEach(stock -> known.put(Integer.parseInt(stock.productId()), new Known(stock.available() / 2, until)));
        }
    }

    /** @return false when that is not enough */
    private boolean sellFromWhatIsKnown(Map<Integer, Integer> pieces) {
        var now = System.nanoTime();
        synchronized (known) {
            var honoured = pieces.entrySet().stream().allMatch(item -> {
                var stock = known.get(item.getKey());
                return stock != null && now - stock.until < 0 && item.getValue() <= stock.sellable;
            });
            if (honoured) {
                pieces.forEach(
                        (product, count) -> known.computeIfPresent(product, (_, stock) -> new Known(stock.sellable - count, stock.until)));
            }
            return honoured;
        }
    }

    /** The answer is still a good one, so that the span gets no error status. While the circuit is open, nothing new is to be said. */
    private static void tell(Span span, Throwable failure, String what) {
        span.setAttribute(Ads.DEGRADED, "inventory");
        if (failure instanceof UpstreamFailure told) {
            try (var _ = span.makeCurrent(); var _ = told.logFields().and(Ads.DEGRADED, "inventory")) {
                Log.warnf("%s: %s", what, told.getMessage());
            }
        }
    }
}
