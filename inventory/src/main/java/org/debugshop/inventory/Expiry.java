package org.debugshop.inventory;

import io.quarkus.logging.Log;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/**
 * Releases expired reservations. If an attempt to place an order holds a reservation, it is released only after checkout has
 * confirmed that no order has it or will take it. While checkout doesn't answer, it is kept. If an order has taken it, it is kept
 * until the order is sold, however long its event takes.
 */
@Singleton
class Expiry {

    /** After checkout has failed to answer, it isn't called for this long. */
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final Warehouse warehouse;
    private final CheckoutClient checkout;
    private final Upstream upstream = Upstream.named("checkout");
    /** A {@link System#nanoTime()}. Only used on one event loop. */
    private long pausedUntil = System.nanoTime();

    Expiry(Warehouse warehouse, @RestClient CheckoutClient checkout) {
        this.warehouse = warehouse;
        this.checkout = checkout;
    }

    /** Releases what has expired, and returns how many reservations that were. */
    Uni<Integer> run() {
        return warehouse.expire().flatMap(free -> expireAttempts().map(ofAttempts -> free + ofAttempts));
    }

    private Uni<Integer> expireAttempts() {
        if (System.nanoTime() - pausedUntil < 0) {
            return Uni.createFrom().item(0);
        }
        return warehouse.overdue().flatMap(overdue -> overdue.isEmpty() ? Uni.createFrom().item(0) : expire(overdue));
    }

    private Uni<Integer> expire(List<String> overdue) {
        return upstream.call(checkout.release(new CheckoutClient.Expired(overdue)))
                .flatMap(answer -> {
                    var ordered = overdue.stream().collect(Collectors.partitioningBy(answer.kept()::contains));
                    return warehouse.keep(ordered.get(true)).chain(() -> warehouse.expire(ordered.get(false)))
                            .replaceWith(ordered.get(false).size());
                })
                .onFailure(UpstreamFailure.class).recoverWithItem(failure -> {
                    pausedUntil = System.nanoTime() + PAUSE.toNanos();
                    Log.warnf("%d expired reservations are kept, because orders may have taken them: %s", overdue.size(),
                            failure.getMessage());
                    return 0;
                });
    }
}
