package org.debugshop.checkout;

import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.controls.Fault;

/** The faults of this service. They are off unless the console, or {@code FAULTS}, switches them on (docs/failures.md). */
@Startup
@Singleton
class Faults {

    private final Fault slowReceipts;

    Faults(Controls controls) {
        slowReceipts = controls.fault("slow-consumer", 1);
    }

    /**
     * Each receipt takes this many seconds, as if its printer were slow. Orders are placed as usual, but their receipts arrive late, and
     * later with each order if there are more than one a second. The lag of the group {@code receipts} grows, and nothing fails.
     */
    Fault slowReceipts() {
        return slowReceipts;
    }
}
