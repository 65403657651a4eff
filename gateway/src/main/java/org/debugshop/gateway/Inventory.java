package org.debugshop.gateway;

import io.opentelemetry.api.common.AttributeKey;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.routes.Routes;
import org.debugshop.defaults.upstream.Degraded;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/**
 * Reads and reserves stock through the inventory service, which is optional. Pages are shown without stock if the service fails. An
 * order is then taken without a reservation only if the last known stock covers it. Only a share of that stock may be sold this
 * way, because other gateways may be selling too (docs/orders.md). Thread-safe.
 */
@Singleton
class Inventory {

    /** How long a stock level that was read, and a promise, remain valid. */
    private static final Duration KNOWN_FOR = Duration.ofMinutes(10);
    /** The limit of known products and of promises. It is above the size of any catalog here. Beyond it, nothing new is recorded. */
    private static final int MAX_KNOWN = 10_000;
    /** The largest quantity that the inventory service accepts in one item. */
    private static final int MAX_QUANTITY = 1000;
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);
    private static final int TRIES = 5;
    static final AttributeKey<Boolean> REMEMBERED = AttributeKey.booleanKey("shop.stock.remembered");

    /** Stock as it was read. @param time when, as {@link System#nanoTime()} */
    private record Known(InventoryClient.Stock stock, long time) {

        boolean isYounger(Duration age) {
            return System.nanoTime() - time < age.toNanos();
        }
    }

    /** An order that was taken without a reservation. A repeated order is the same promise and counts once. */
    private record Promise(String key, Map<Integer, Integer> pieces) {}

    private final InventoryClient client;
    private final boolean exists;
    private final Upstream upstream = Upstream.named("inventory");
    private final double share;
    private final Duration maxAge;
    /** The last known stock, by product. This map is also the lock for the promises. */
    private final Map<Integer, Known> known = new HashMap<>();
    /** The promises, oldest first, with the {@link System#nanoTime()} at which each expires. */
    private final LinkedHashMap<Promise, Long> promises = new LinkedHashMap<>();
    /** The sum of all promises, by product. */
    private final Map<Integer, Integer> promised = new HashMap<>();
    private final TypedGuard<Uni<List<InventoryClient.Stock>>> looks = guard(new TypeLiteral<Uni<List<InventoryClient.Stock>>>() {});
    private final TypedGuard<Uni<Optional<String>>> reservations = guard(new TypeLiteral<Uni<Optional<String>>>() {});

    /**
     * Connects to the inventory service if it has an address.
     *
     * @param client only resolved if there is an address
     * @param share the share (0 to 1) of the last known available stock that may be sold without a reservation
     */
    Inventory(@RestClient Instance<InventoryClient> client, @ConfigProperty(name = "shop.inventory.url") Optional<String> url,
            @ConfigProperty(name = "shop.inventory.unreserved-share") double share,
            @ConfigProperty(name = "shop.inventory.max-age-in-lists") Duration maxAge) {
        this.share = share;
        this.maxAge = maxAge;
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

    /**
     * Returns the stock of the products of a list, which may be a second old: a crowd that reads lists costs the database no more than one
     * reader. Apart from that, this is {@link #of}. While there are routes, it is read each time, because another copy of the service may
     * have another answer.
     */
    Uni<List<InventoryClient.Stock>> inList(List<Integer> productIds) {
        var fresh = Routes.live().isEmpty() ? fresh(productIds) : List.<InventoryClient.Stock>of();
        if (fresh.isEmpty()) {
            return of(productIds);
        }
        Span.current().setAttribute(REMEMBERED, true);
        return Uni.createFrom().item(fresh);
    }

    /** Returns the known stock of these products; empty if that of any is older than {@link #maxAge}, or is not known. */
    private List<InventoryClient.Stock> fresh(List<Integer> productIds) {
        synchronized (known) {
            var all = productIds.stream().map(known::get).toList();
            return all.stream().allMatch(stock -> stock != null && stock.isYounger(maxAge))
                    ? all.stream().map(Known::stock).toList()
                    : List.of();
        }
    }

    /**
     * Returns the stock of those products that have one. If the inventory service doesn't answer, the list is empty, and
     * {@link Degraded} records this.
     */
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
     * @param key the order's key; a repeated request with the same key gets the same reservation
     * @param attempt the id of this attempt to place the order, for {@link #giveUp}
     * @return the reservation's id; empty if the order may be taken without a reservation; fails if it may not, with the inventory
     *         service's refusal or a 503
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
                    var promised = promiseFromKnownStock(new Promise(key, pieces));
                    Degraded.without(upstream.service(), span, failure,
                            promised ? "Took an order without a reservation" : "Refused an order whose stock cannot be checked");
                    return promised
                            ? Uni.createFrom().item(Optional.empty())
                            : Uni.createFrom().failure(HttpError.unavailable("Stock cannot be checked at the moment", failure));
                });
    }

    private static Stream<InventoryClient.Item> items(int product, int pieces) {
        return IntStream.iterate(pieces, left -> left > 0, left -> left - MAX_QUANTITY)
                .mapToObj(left -> new InventoryClient.Item(Integer.toString(product), Math.min(left, MAX_QUANTITY)));
    }

    /**
     * Ends an attempt that placed no order. Its reservation is released unless another attempt holds it. If this call fails, the
     * reservation expires later.
     */
    Uni<Void> giveUp(String attempt) {
        return released(attempt)
                .onFailure().invoke(failure -> Log.infof("Cannot release a reservation; it will expire: %s", failure.getMessage()))
                .onFailure().recoverWithNull();
    }

    /**
     * Gives up an attempt whose reservation may exist or may still be made, because inventory's answer is missing. The order
     * doesn't wait for it.
     */
    private void giveUpInTheBackground(String attempt) {
        var again = new AtomicBoolean();
        Uni.createFrom().deferred(() -> {
            if (again.getAndSet(true)) {
                upstream.retried();
            }
            return released(attempt);
        }).onFailure(failure -> !UpstreamFailure.isRefusal(failure)).retry().withBackOff(FIRST_DELAY, LONGEST_DELAY).atMost(TRIES)
                .subscribe().with(_ -> {}, failure -> Log
                        .infof("Cannot give up an attempt; its reservation, if there is one, will expire: %s", failure.getMessage()));
    }

    private Uni<Void> released(String attempt) {
        return Uni.createFrom().deferred(() -> upstream.call(client.release(new InventoryClient.Attempt(attempt))));
    }

    private void remember(List<InventoryClient.Stock> stocks) {
        var now = System.nanoTime();
        synchronized (known) {
            for (var stock : stocks) {
                var product = Integer.valueOf(stock.productId());
                if (known.size() < MAX_KNOWN || known.containsKey(product)) {
                    known.put(product, new Known(stock, now));
                }
            }
        }
    }

    /**
     * Records a promise if the known stock covers it. A promise counts for ten minutes, even if the stock is read again meanwhile,
     * because the gateway can't see whether the order's pieces are already taken from it.
     *
     * @return false if the known stock doesn't cover it
     */
    private boolean promiseFromKnownStock(Promise promise) {
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
                return stock != null && stock.isYounger(KNOWN_FOR)
                        && promised.getOrDefault(item.getKey(), 0) + item.getValue() <= Math.floor(stock.stock().available() * share);
            })) {
                return false;
            }
            promises.put(promise, now + KNOWN_FOR.toNanos());
            promise.pieces().forEach((product, count) -> promised.merge(product, count, Integer::sum));
            return true;
        }
    }
}
