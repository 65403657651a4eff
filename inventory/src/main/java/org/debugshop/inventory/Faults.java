package org.debugshop.inventory;

import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.controls.Fault;
import org.debugshop.defaults.data.Database;

/** The faults of this service. They are off unless the console, or {@code FAULTS}, switches them on (docs/failures.md). */
@Startup
@Singleton
class Faults {

    private final Fault readThenWrite;
    private final Fault leaks;
    private final Leak leak;

    Faults(Controls controls, Database database) {
        // A session of PostgreSQL holds a lock on the table of the stock. Whatever needs stock waits for a second, and gets a 503.
        controls.fault("table-locked").with(new StockReport(database));
        readThenWrite = controls.fault("lost-update", 400).with(new StockCount(database));
        leak = new Leak(database);
        leaks = controls.fault("pool-exhausted", 0.25).with(leak);
    }

    /**
     * A share of the requests for stock takes a connection and does not return it. Nothing is wrong until the eighth; then all work on the
     * database waits for a connection for a second, and is answered with 503.
     */
    Uni<Void> perhapsLeak() {
        return leaks.strikes() ? leak.leak() : Uni.createFrom().voidItem();
    }

    /**
     * A reservation is made by {@link ReadThenWrite}, which thinks for so many milliseconds between reading the stock and writing it. What
     * others have reserved meanwhile is forgotten, so the same pieces are promised twice. There are no errors.
     */
    Fault readThenWrite() {
        return readThenWrite;
    }
}
