package org.debugshop.loadgenerator;

import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.controls.Fault;

/** The faults of this service. They are off unless the console, or {@code FAULTS}, switches them on (docs/failures.md). */
@Startup
@Singleton
class Faults {

    private final Fault nothingBroke;
    private final Fault paysAgain;

    Faults(Controls controls) {
        nothingBroke = controls.fault("nothing-broke", 10);
        paysAgain = controls.fault("duplicate-payment", 0.5);
    }

    /**
     * There are many times as many users as usual. Services become slow, and some fail, but none of them is the cause. When it is switched
     * off, those who have come in addition leave after their current action.
     */
    Fault nothingBroke() {
        return nothingBroke;
    }

    /**
     * This share of the members pay again at once, although the payment went through. By itself this does no harm: the second payment
     * is refused. But while this fault is on, payments does not refuse it.
     */
    Fault paysAgain() {
        return paysAgain;
    }
}
