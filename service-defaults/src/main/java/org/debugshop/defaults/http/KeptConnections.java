package org.debugshop.defaults.http;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Asks clients to close their connections before the service stops. Where {@code SHUTDOWN_DELAY} is set, a service that is told to stop
 * still answers for that time. Without {@code Connection: close} in these answers, clients would send requests on their open
 * connections until the service is gone, and such requests would fail.
 */
@Singleton
public class KeptConnections {

    /** Before all other handlers, because each answer must have the header. */
    private static final int FIRST = -2000;

    private volatile boolean isStopping;

    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        isStopping = true;
    }

    void routes(@Observes Router router) {
        router.route().order(FIRST).handler(request -> {
            if (isStopping) {
                request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            }
            request.next();
        });
    }
}
