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

    Faults(Controls controls) {
        tokenClock = controls.fault("token-clock", 600);
    }

    /**
     * The clock by which tokens are checked is slow, as that of a host without time synchronisation. A log-in works, but its token is from
     * the future then, so each request with it is answered with 401. Older tokens are accepted. The strength is in seconds.
     */
    Fault tokenClock() {
        return tokenClock;
    }
}
