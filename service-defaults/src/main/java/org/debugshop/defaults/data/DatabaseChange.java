package org.debugshop.defaults.data;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleFunction;
import org.debugshop.defaults.controls.Fault;

/**
 * A change in the database that is made by SQL, and undone by SQL. Either of the two is one transaction in a session of its own, and
 * replicas make their changes one after the other. Each must also work if it was done before.
 */
public final class DatabaseChange implements Fault.Effect {

    /** The name of the session, which is that of the usual tool of operators. */
    private static final String APPLICATION_NAME = "psql";
    /**
     * The limits of a change. Other statements wait behind a change that waits for a lock, but they themselves have a limit of a second,
     * so it waits hardly longer.
     */
    private static final String LIMITS = "set lock_timeout = '10s'; set statement_timeout = '60s'; set client_min_messages = warning";
    /** The key of the advisory lock that a change holds. */
    private static final int LOCK = 2;
    private static final Duration DELAY = Duration.ofMillis(500);
    private static final int RETRIES = 3;

    private final Optional<Database> database;
    private final DoubleFunction<String> change;
    private final String repair;

    /**
     * @param database empty if there is none; then nothing can be changed
     * @param change returns the statements that make a change of this strength
     * @param repair the statements that undo it
     */
    public DatabaseChange(Optional<Database> database, DoubleFunction<String> change, String repair) {
        this.database = database;
        this.change = change;
        this.repair = repair;
    }

    @Override
    public Uni<Void> begin(double strength) {
        return database.map(found -> run(found, change.apply(strength)))
                .orElseGet(() -> Uni.createFrom().failure(new IllegalStateException("This service has no database")));
    }

    @Override
    public Uni<Void> end() {
        return database.map(found -> run(found, repair)).orElseGet(() -> Uni.createFrom().voidItem());
    }

    private static Uni<Void> run(Database database, String statements) {
        return database.open(APPLICATION_NAME)
                .flatMap(session -> session.query(LIMITS).execute()
                        // Several statements in one query are one transaction.
                        .chain(() -> session.query("select pg_advisory_xact_lock(" + LOCK + "); " + statements).execute())
                        .replaceWithVoid().eventually(session::close))
                .onFailure().retry().withBackOff(DELAY).atMost(RETRIES);
    }
}
