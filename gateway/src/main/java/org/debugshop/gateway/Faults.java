package org.debugshop.gateway;

import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.controls.Fault;

/** The faults of this service. They are off unless the console, or {@code FAULTS}, switches them on (docs/failures.md). */
@Startup
@Singleton
class Faults {

    private final Fault tightTimeout;
    private final Fault retryStorm;

    Faults(Controls controls) {
        tightTimeout = controls.fault("tight-timeout", 5);
        retryStorm = controls.fault("retry-storm", 9);
    }

    /**
     * The gateway waits only a few milliseconds for checkout, as if 5 s had been written as 5 ms. Shoppers get a 504, but checkout answers
     * as quickly as before, and has placed the order.
     */
    Fault tightTimeout() {
        return tightTimeout;
    }

    /**
     * Calls of product-catalog are repeated at once if they take long, which multiplies the load just when that service is slow. It stays
     * overloaded by the repeated calls after the reason for its slowness is gone. The strength is the number of repetitions.
     */
    Fault retryStorm() {
        return retryStorm;
    }
}
