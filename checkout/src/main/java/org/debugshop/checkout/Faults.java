package org.debugshop.checkout;

import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import org.debugshop.defaults.controls.Controls;
import org.debugshop.defaults.controls.Fault;
import org.debugshop.defaults.data.DatabaseChange;

/** The faults of this service. They are off unless the console, or {@code FAULTS}, switches them on (docs/failures.md). */
@Startup
@Singleton
class Faults {

    private final Fault wrongAddress;
    private final Fault lookUps;
    private final Fault slowReceipts;
    private final Fault noDeadLetters;
    private final Fault announcedReceipts;
    private final Fault newContract;

    Faults(Controls controls, Engines engines) {
        wrongAddress = controls.fault("wrong-address");
        lookUps = controls.fault("n-plus-one");
        slowReceipts = controls.fault("slow-consumer", 1);
        noDeadLetters = controls.fault("poison-message");
        announcedReceipts = controls.fault("event-loop", 25);
        newContract = controls.fault("event-contract");
        // The database has a trigger on each new order that sleeps. Orders are slow, and from a second on they fail with 503.
        controls.fault("slow-database", 400).with(new DatabaseChange(engines.database(), Changes::slowTrigger, Changes.NO_TRIGGER));
        // The index for a user's orders is missing, and there are many orders. The list of a user's orders is slow, and nothing else.
        controls.fault("dropped-index", 1_000_000).with(new DatabaseChange(engines.database(), Changes::noIndex, Changes.INDEX));
        // A column of the table of receipts has another name. A receipt is answered with 503, and no new one is written.
        controls.fault("missing-column").with(new DatabaseChange(engines.database(), _ -> Changes.renamedColumn(), Changes.COLUMN));
        // The service has an old password of the database. What needs a new connection fails, and soon that is everything.
        controls.fault("credentials-rotated").with(new OldPassword(engines.database()));
    }

    /**
     * The address of currency has a wrong port, as after a typing error in the configuration. Orders in dollars need no rate and succeed,
     * all others are answered with 502. The currency service is well, and gets none of the requests.
     */
    Fault wrongAddress() {
        return wrongAddress;
    }

    /**
     * An order is priced by {@link CatalogLookup}, which sends several requests for each piece, one after the other. Checkout is slow, the
     * catalog gets many requests and answers each quickly, and there are no errors.
     */
    Fault lookUps() {
        return lookUps;
    }

    /**
     * Each receipt takes this many seconds, as if its printer were slow. Orders are placed as usual, but their receipts arrive late, and
     * later with each order if there are more than one a second. The lag of the group {@code receipts} grows, and nothing fails.
     */
    Fault slowReceipts() {
        return slowReceipts;
    }

    /**
     * The topic {@code orders} gets a record that is cut off, and the group {@code receipts} puts nothing aside: it tries again and again
     * ({@link UnreadableRecords}). Orders are placed as usual, but no order gets its receipt, and the lag of the group grows. No request
     * fails, and every service is up.
     */
    Fault noDeadLetters() {
        return noDeadLetters;
    }

    /**
     * The group {@code receipts} announces each receipt on the topic that it reads, so its own announcements come back to it
     * ({@link ReceiptAnnouncements}): so many records a second, even without a buyer. Nothing fails, because both groups process each order
     * once, but checkout, inventory, Kafka and PostgreSQL are busy, and traces grow.
     */
    Fault announcedReceipts() {
        return announcedReceipts;
    }

    /**
     * Checkout writes its events as {@link OrderAnnounced}, in which a field has another name. Both groups that read them put each aside as
     * a dead letter, so orders get no receipt, and their stock is not sold. When it ends, checkout announces these orders again
     * ({@link Reannouncement}).
     */
    Fault newContract() {
        return newContract;
    }
}
