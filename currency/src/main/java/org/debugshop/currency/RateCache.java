package org.debugshop.currency;

import io.quarkus.logging.Log;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * Stands for a cache in front of a slow source of rates. All rates expire at the same time. Then each request asks the source, instead of
 * waiting for the first one, and the source answers one request after the other.
 */
@Singleton
class RateCache {

    /** How long the rates stay in the cache. */
    private static final long LIFETIME = Duration.ofSeconds(4).toNanos();
    /** The limit of what a request waits for, which is longer than its caller does. */
    private static final long LONGEST = 5_000;
    /** After the handlers for error answers, before the resources. */
    private static final int ORDER = -100;

    private final Vertx vertx;
    private final Faults faults;
    // What follows is guarded by this.
    private long expiry = System.nanoTime();
    /** Requests that the source has not answered yet, and all of this wave. */
    private int waiting;
    private int asked;

    RateCache(Vertx vertx, Faults faults) {
        this.vertx = vertx;
        this.faults = faults;
    }

    void routes(@Observes Router router) {
        router.route("/convert").order(ORDER).handler(this::whenLoaded);
    }

    private void whenLoaded(RoutingContext request) {
        var slow = faults.cacheStampede().strength();
        var millis = slow == 0 ? 0 : millisToLoad(slow);
        if (millis == 0) {
            request.next();
        } else {
            vertx.setTimer(millis, _ -> {
                loaded();
                if (!request.response().closed()) {
                    request.next();
                }
            });
        }
    }

    /** @return 0 if the rates are in the cache */
    private synchronized long millisToLoad(double slow) {
        if (System.nanoTime() - expiry < 0) {
            return 0;
        }
        waiting++;
        asked++;
        return Math.clamp((long) (slow * waiting), 1, LONGEST);
    }

    private synchronized void loaded() {
        expiry = System.nanoTime() + LIFETIME;
        waiting--;
        if (waiting == 0) {
            Log.infof("The exchange rates had expired, and were loaded again, %d times", asked);
            asked = 0;
        }
    }
}
