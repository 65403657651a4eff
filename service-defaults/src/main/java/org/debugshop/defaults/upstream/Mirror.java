package org.debugshop.defaults.upstream;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.debugshop.defaults.routes.Route;

/** Sends copies of requests to another copy of a service, and drops the answers. Nothing waits for them. */
final class Mirror {

    /** The maximum number of copies without an answer. Further ones are not sent. */
    static final int MAX_ACTIVE = 20;

    private static final AtomicInteger ACTIVE = new AtomicInteger();

    private Mirror() {}

    static void send(Route route, Uni<?> request, Duration timeout) {
        if (ACTIVE.incrementAndGet() > MAX_ACTIVE) {
            ACTIVE.decrementAndGet();
            return;
        }
        new CallInProgress(Optional.of(route)).starting(() -> request.ifNoItem().after(timeout).fail()
                .onTermination().invoke(() -> ACTIVE.decrementAndGet())
                .subscribe().with(_ -> {}, _ -> {}));
    }
}
