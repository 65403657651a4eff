package org.debugshop.payments;

import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.controls.Fault;

/** The faults of this service. They are off unless the console, or {@code FAULTS}, switches them on (docs/failures.md). */
@Startup
@Singleton
class Faults {

    private final Fault declined;
    private final Fault paidOrders;

    Faults(Controls controls) {
        declined = controls.fault("payment-declined", 0.3);
        paidOrders = controls.fault("duplicate-payment", 0.5);
    }

    /**
     * The card processor has trouble: it fails for a share of the charges. Payments answers these with 503, and the buyer sees that the
     * payment did not go through. All other services are well.
     */
    Fault declined() {
        return declined;
    }

    /**
     * Payments does not check whether an order is paid ({@link PaidOrders}), and the database lets it store a second payment
     * ({@link SecondPayments}). The load generator has this fault, too: some of its members pay again. They are charged twice, and all
     * answers are 200.
     */
    Fault paidOrders() {
        return paidOrders;
    }
}
