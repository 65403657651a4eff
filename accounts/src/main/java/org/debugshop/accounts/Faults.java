package org.debugshop.accounts;

import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.controls.Fault;

/** The faults of this service. They are off unless the console, or {@code FAULTS}, switches them on (docs/failures.md). */
@Startup
@Singleton
class Faults {

    private final Fault tokenClock;

    Faults(Controls controls, Engines engines) {
        tokenClock = controls.fault("token-clock", 600);
        // A job takes nearly all connections that PostgreSQL allows, and leaves this many. All services with a database fail now and then.
        controls.fault("noisy-neighbour", 2).with(new NightlyReport(engines.database()));
    }

    /**
     * The clock by which tokens are checked is slow, as that of a host without time synchronisation. A log-in works, but its token is from
     * the future then, so each request with it is answered with 401. Older tokens are accepted. The strength is in seconds.
     */
    Fault tokenClock() {
        return tokenClock;
    }
}
