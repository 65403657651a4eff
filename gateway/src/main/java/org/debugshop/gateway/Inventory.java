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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.upstream.Degraded;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/**
 * The stock, as far as there is an inventory service and it answers. Pages are worth showing without it. An order is taken without a
 * reservation only if it can be honoured by what was last known: of each product a share of what was available then, for other gateways
 * may sell too (docs/orders.md). Safe under concurrent use.
 */
@Singleton
class Inventory {

    /** How long what was seen of a product counts, and what was promised of it. */
    private static final Duration KNOWN_FOR = Duration.ofMinutes(10);
    /** More products than any catalog here has, and more promises than half of its stock; beyond that nothing new is noted. */
    private static final int MAX_KNOWN = 10_000;
    /** The inventory service takes no more in one item. */
    private static final int MAX_QUANTITY = 1000;
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);
    private static final int TRIES = 5;

    /** @param until a {@link System#nanoTime()} */
    private record Known(int available, long until) {}

    /** An order that was taken without a reservation; the same one again is the same promise. */
    private record Promise(String key, Map<Integer, Integer> pieces) {}

    private final InventoryClient client;
    private final boolean exists;
    private final Upstream upstream = Upstream.named("inventory");
    private final double share;
    /** By product. Guards the promises too. */
    private final Map<Integer, Known> known = new HashMap<>();
    /** The oldest first; each until a {@link System#nanoTime()}. */
    private final LinkedHashMap<Promise, Long> promises = new LinkedHashMap<>();
    /** The sum of all promises, by product. */
    private final Map<Integer, Integer> promised = new HashMap<>();
    private final TypedGuard<Uni<List<InventoryClient.Stock>>> looks = guard(new TypeLiteral<Uni<List<InventoryClient.Stock>>>() {});
    private final TypedGuard<Uni<Optional<String>>> reservations = guard(new TypeLiteral<Uni<Optional<String>>>() {});

    /**
     * @param client to be had only where there is an address
     * @param share  of what was last available that may be sold without a reservation, 0 to 1
     */
    Inventory(@RestClient Instance<InventoryClient> client, @ConfigProperty(name = "shop.inventory.url") Optional<String> url,
            @ConfigProperty(name = "shop.inventory.unreserved-share") double share) {
        this.share = share;
        this.exists = url.filter(text -> !text.isBlank()).isPresent();
        this.client = exists ? client.get() : null;
    }

    /** A refusal means that the service is healthy; only timeouts and failures open the circuit. */
    private static <T> TypedGuard<Uni<T>> guard(TypeLiteral<Uni<T>> type) {
        return TypedGuard.create(type)
                .withCircuitBreaker().requestVolumeThreshold(10).failureRatio(0.5).delay(2, ChronoUnit.SECONDS)
                .when(failure -> !UpstreamFailure.isRefusal(failure)).done()
                .build();
    }

    /** @return of those products that have a stock; none while the inventory service does not answer, which {@link Degraded} records */
    Uni<List<InventoryClient.Stock>> of(List<Integer> productIds) {
        if (!exists || productIds.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        var span = Span.current();
        var ids = String.join(",", productIds.stream().map(String::valueOf).toList());
        return looks.get(() -> upstream.call(client.stock(ids)))
                .invoke(this::remember)
                .onFailure().invoke(failure -> Degraded.without(upstream.service(), span, failure, "Answered without stock"))
                .onFailure().recoverWithItem(List.of());
    }

    /**
     * Reserves pieces of each product for an order.
     *
     * @param key     of the order: once more with the same key gives the same reservation
     * @param attempt to place the order, for {@link #giveUp}
     * @return the reservation; empty when the order may be taken without one; a failure when it may not: what the inventory service
     *         said, or a 503
     */
    Uni<Optional<String>> reserve(String key, String attempt, Map<Integer, Integer> pieces) {
        if (!exists) {
            return Uni.createFrom().item(Optional.empty());
        }
        var span = Span.current();
        var wanted = new InventoryClient.Wanted(
                pieces.entrySet().stream().flatMap(product -> items(product.getKey(), product.getValue())).toList(), attempt);
        return reservations
                .get(() -> upstream.call(client.reserve(key, wanted)).map(reservation -> Optional.of(reservation.reservationId())))
                .onFailure(failure -> !UpstreamFailure.isRefusal(failure)).recoverWithUni(failure -> {
                    if (failure instanceof UpstreamFailure unclear && !unclear.didNothing()) {
                        giveUpInTheBackground(attempt);
                    }
                    var sold = sellFromWhatIsKnown(new Promise(key, pieces));
                    Degraded.without(upstream.service(), span, failure,
                            sold ? "Took an order without a reservation" : "Refused an order whose stock cannot be checked");
                    return sold
                            ? Uni.createFrom().item(Optional.empty())
                            : Uni.createFrom().failure(HttpError.unavailable("Stock cannot be checked at the moment", failure));
                });
    }

    private static Stream<InventoryClient.Item> items(int product, int pieces) {
        return IntStream.iterate(pieces, left -> left > 0, left -> left - MAX_QUANTITY)
                .mapToObj(left -> new InventoryClient.Item(Integer.toString(product), Math.min(left, MAX_QUANTITY)));
    }

    /** Ends an attempt that has placed no order: its reservation is released unless another attempt holds it. If this fails, it expires. */
    Uni<Void> giveUp(String attempt) {
        return released(attempt)
                .onFailure().invoke(failure -> Log.infof("A reservation is left to expire: %s", failure.getMessage()))
                .onFailure().recoverWithNull();
    }

    /** The reservation may have been made, now or later, and the inventory service is in trouble; the order does not wait for it. */
    private void giveUpInTheBackground(String attempt) {
        released(attempt)
                .onFailure(failure -> !UpstreamFailure.isRefusal(failure)).retry().withBackOff(FIRST_DELAY, LONGEST_DELAY).atMost(TRIES)
                .subscribe().with(_ -> {}, failure -> Log.infof("A reservation may be left to expire: %s", failure.getMessage()));
    }

    private Uni<Void> released(String attempt) {
        return Uni.createFrom().deferred(() -> upstream.call(client.release(new InventoryClient.Attempt(attempt))));
    }

    private void remember(List<InventoryClient.Stock> stocks) {
        var until = System.nanoTime() + KNOWN_FOR.toNanos();
        synchronized (known) {
            for (var stock : stocks) {
                var product = Integer.valueOf(stock.productId());
                if (known.size() < MAX_KNOWN || known.containsKey(product)) {
                    known.put(product, new Known(stock.available(), until));
                }
            }
        }
    }

    /**
     * Promises what may be sold without a reservation. What was promised counts for ten minutes, whatever is seen of the stock meanwhile:
     * that the order has taken its pieces cannot be seen from here.
     *
     * @return false when that is not enough
     */
    private boolean sellFromWhatIsKnown(Promise promise) {
        var now = System.nanoTime();
        synchronized (known) {
            for (var oldest = promises.firstEntry(); oldest != null && now - oldest.getValue() >= 0; oldest = promises.firstEntry()) {
                promises.pollFirstEntry().getKey().pieces().forEach((product, count) -> promised.merge(product, -count, Integer::sum));
            }
            if (promises.containsKey(promise)) {
                return true;
            }
            if (promises.size() >= MAX_KNOWN || !promise.pieces().entrySet().stream().allMatch(item -> {
                var stock = known.get(item.getKey());
                return stock != null && now - stock.until < 0
                        && promised.getOrDefault(item.getKey(), 0) + item.getValue() <= Math.floor(stock.available * share);
            })) {
                return false;
            }
            promises.put(promise, now + KNOWN_FOR.toNanos());
            promise.pieces().forEach((product, count) -> promised.merge(product, count, Integer::sum));
            return true;
        }
    }
}
