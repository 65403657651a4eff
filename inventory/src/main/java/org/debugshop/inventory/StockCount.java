package org.debugshop.inventory;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import org.debugshop.defaults.controls.Fault;
import org.debugshop.defaults.data.Database;

/** Counts the reserved pieces again after {@link ReadThenWrite} was in use, here or in a process before. */
class StockCount implements Fault.Effect {

    /** What the stock says, and what the reservations say. */
    private static final String HELD = """
            select s.product_id, s.reserved, coalesce(sum(i.quantity) filter (where r.state = 'held'), 0)::int as held from stock s
            left join (reservation r join reservation_item i on i.reservation_id = r.id and r.state = 'held') on i.product_id = s.product_id
            group by s.product_id, s.reserved""";

    /** The products for which the two differ. If no update was lost, there is none at any time. */
    static final String DIFFERENT = "select product_id, held - reserved from (" + HELD + ") as counted where reserved <> held";

    /**
     * Other transactions change reservations and stock together. The lock waits for those that have changed the stock already, and those
     * that have not will add to the new number, or subtract from it.
     */
    private static final String COUNT = """
            set lock_timeout = '10s';
            begin;
            lock table stock in exclusive mode;
            update stock set reserved = held, quantity = greatest(quantity, held),
            restocked = restocked + greatest(held - quantity, 0)
            from (%s) as counted where counted.product_id = stock.product_id and counted.reserved <> counted.held;
            commit""".formatted(HELD);

    /** After this time, no reservation is thinking any more: a transaction that takes longer is rolled back. */
    private static final Duration THINKING = Duration.ofSeconds(2);
    private static final String APPLICATION_NAME = "psql";

    private final Database database;

    StockCount(Database database) {
        this.database = database;
    }

    @Override
    public Uni<Void> begin(double strength) {
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Void> end() {
        return database.whenPrepared().onItem().delayIt().by(THINKING)
                .chain(() -> database.open(APPLICATION_NAME))
                .flatMap(session -> session.query(DIFFERENT).execute()
                        .flatMap(found -> found.size() > 0
                                ? session.query(COUNT).execute().replaceWithVoid()
                                : Uni.createFrom().voidItem())
                        .eventually(session::close));
    }
}
