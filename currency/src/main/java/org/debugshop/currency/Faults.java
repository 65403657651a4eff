package org.debugshop.currency;

import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.controls.Fault;

/** The faults of this service. They are off unless the console, or {@code FAULTS}, switches them on (docs/failures.md). */
@Startup
@Singleton
class Faults {

    private final Fault wrongRate;

    Faults(Controls controls) {
        wrongRate = controls.fault("wrong-rate", 100);
    }

    /**
     * The yen has a wrong rate: it is multiplied, as if somebody had entered the units for 100 dollars. Every answer is a 200, and all
     * services are well, but prices and orders in yen are a hundred times too high.
     */
    Fault wrongRate() {
        return wrongRate;
    }
}
