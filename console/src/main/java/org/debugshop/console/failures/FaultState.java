package org.debugshop.console.failures;

import java.util.Locale;

/** Whether a fault is switched on. */
enum FaultState {
    BROKEN, HEALED,
    /** The service with the switch did not answer as expected. */
    UNKNOWN;

    static FaultState of(boolean broken) {
        return broken ? BROKEN : HEALED;
    }

    /** Returns the value of {@code active} in JSON, which is null for {@link #UNKNOWN}. */
    Boolean active() {
        return this == UNKNOWN ? null : this == BROKEN;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
