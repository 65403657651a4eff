package org.debugshop.productcatalog;

import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.controls.Fault;

/** The faults of this service. They are off unless the console, or {@code FAULTS}, switches them on (docs/failures.md). */
@Startup
@Singleton
class Faults {

    private final Fault oneProduct;
    private final Fault retryStorm;

    Faults(Controls controls) {
        oneProduct = controls.fault("one-product", 0.9);
        retryStorm = controls.fault("retry-storm", 9);
    }

    /**
     * The record of product 3 is damaged: its page, and orders that contain it, fail with an error for a share of the requests. All other
     * products, and the list, are well. What the failing requests have in common is an attribute.
     */
    Fault oneProduct() {
        return oneProduct;
    }

    /**
     * This service is slow for ten seconds, and has little capacity in reserve. That would soon be over, but for the gateway, which repeats
     * each call many times: this service stays overloaded, by requests for whose answers nobody waits.
     */
    Fault retryStorm() {
        return retryStorm;
    }
}
