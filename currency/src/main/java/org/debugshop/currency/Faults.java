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
    private final Fault blockedLoop;
    private final Fault cacheStampede;

    Faults(Controls controls) {
        wrongRate = controls.fault("wrong-rate", 100);
        blockedLoop = controls.fault("blocked-loop", 1500);
        cacheStampede = controls.fault("cache-stampede", 600);
    }

    /**
     * The yen has a wrong rate: it is multiplied, as if somebody had entered the units for 100 dollars. Every answer is a 200, and all
     * services are well, but prices and orders in yen are a hundred times too high.
     */
    Fault wrongRate() {
        return wrongRate;
    }

    /**
     * A conversion to yen reads a file on the event loop, every few seconds. Meanwhile all other requests wait, also those of other
     * routes, and the console's. Their own spans are short: they have not begun. Vert.x reports the blocked thread.
     */
    Fault blockedLoop() {
        return blockedLoop;
    }

    /**
     * The rates are cached for a few seconds, and their source is slow. When they expire, all requests of that moment load them, one after
     * the other: answers are slow in waves, and each wave is the higher the more requests there are.
     */
    Fault cacheStampede() {
        return cacheStampede;
    }
}
