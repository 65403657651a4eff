package org.debugshop.accounts;

import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import org.debugshop.defaults.controls.Controls;

/** The faults of this service. They are off unless the console, or {@code FAULTS}, switches them on (docs/failures.md). */
@Startup
@Singleton
class Faults {

    Faults(Controls controls, Engines engines) {
        // A job takes nearly all connections that PostgreSQL allows, and leaves this many. All services with a database fail now and then.
        controls.fault("noisy-neighbour", 2).with(new NightlyReport(engines.database()));
    }
}
