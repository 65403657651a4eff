package org.debugshop.productcatalog;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.debugshop.defaults.controls.Fault;

/**
 * Stands for a service that has enough capacity for its usual load, and not much more: it handles one request after the other, also those
 * whose caller has given up. For its first ten seconds it is slow, as after a restart with cold caches.
 */
@Singleton
class Capacity {

    private static final long SLOW_FOR = Duration.ofSeconds(10).toNanos();
    private static final long SLOW = Duration.ofMillis(500).toNanos();
    private static final long USUAL = Duration.ofMillis(70).toNanos();
    /** The limit of the queue. A request beyond it is late, too, but takes no capacity. */
    private static final long LONGEST = Duration.ofSeconds(5).toNanos();
    /** After the handlers for error answers, before the resources. */
    private static final int ORDER = -100;

    private final Vertx vertx;
    private final Fault storm;
    // What follows is guarded by this.
    private long slowUntil = System.nanoTime();
    /** When all requests that have arrived are handled. */
    private long busyUntil = System.nanoTime();

    Capacity(Vertx vertx, Faults faults) {
        this.vertx = vertx;
        this.storm = faults.retryStorm().with(new Fault.Effect() {

            @Override
            public Uni<Void> begin(double strength) {
                start();
                return Uni.createFrom().voidItem();
            }

            @Override
            public Uni<Void> end() {
                return Uni.createFrom().voidItem();
            }
        });
    }

    void routes(@Observes Router router) {
        router.routeWithRegex("/products?(/.*)?").order(ORDER).handler(this::inTurn);
    }

    private synchronized void start() {
        slowUntil = System.nanoTime() + SLOW_FOR;
        busyUntil = System.nanoTime();
    }

    private void inTurn(RoutingContext request) {
        var millis = millisToWait();
        if (millis == 0) {
            request.next();
            return;
        }
        vertx.setTimer(millis, _ -> {
            if (!request.response().closed()) {
                request.next();
            }
        });
    }

    /** Puts a request at the end of the queue. @return how long it waits; 0 if there is no queue */
    long millisToWait() {
        if (!storm.isOn()) {
            return 0;
        }
        synchronized (this) {
            var now = System.nanoTime();
            if (busyUntil - now < 0) {
                busyUntil = now;
            }
            if (busyUntil - now < LONGEST) {
                busyUntil += now - slowUntil < 0 ? SLOW : USUAL;
            }
            return Duration.ofNanos(busyUntil - now).toMillis();
        }
    }
}
