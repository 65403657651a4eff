package org.debugshop.inventory;

import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.data.Database;

/** The faults of this service. They are off unless the console, or {@code FAULTS}, switches them on (docs/failures.md). */
@Startup
@Singleton
class Faults {

    Faults(Controls controls, Database database) {
        // A session of PostgreSQL holds a lock on the table of the stock. Whatever needs stock waits for a second, and gets a 503.
        controls.fault("table-locked").with(new StockReport(database));
    }
}
