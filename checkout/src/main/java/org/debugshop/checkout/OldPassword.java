package org.debugshop.checkout;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.Optional;
import org.debugshop.defaults.controls.Fault;
import org.debugshop.defaults.data.Database;

/**
 * New connections use a password that is no longer valid, and the idle ones are closed, as after a change of the password of which this
 * service was not informed.
 *
 * <p>The password in PostgreSQL does not change. The role belongs to all services and to its operators, and a process that is killed could
 * not change it back, because it would not get in any more. PostgreSQL, the pool and the logs do exactly the same either way, and nothing is
 * left that has to be repaired.
 */
class OldPassword implements Fault.Effect {

    private static final String APPLICATION_NAME = "psql";
    private static final String OLD = "the password of last year";
    private static final String SESSIONS = """
            from pg_stat_activity where datname = current_database() and usename = current_user and application_name = '%s'""";
    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(100);
    private static final int ROUNDS = 50;

    private final Optional<Database> database;

    /** @param database empty if orders are in memory */
    OldPassword(Optional<Database> database) {
        this.database = database;
    }

    @Override
    public Uni<Void> begin(double strength) {
        return database.map(found -> found.open(APPLICATION_NAME).flatMap(session -> {
            found.usePassword(Optional.of(OLD));
            return closeIdle(session).eventually(session::close);
        })).orElseGet(() -> Uni.createFrom().failure(new IllegalStateException("Orders are in memory")));
    }

    /** Closes the connections of the pool that are idle, until there is none, or for a few seconds if some are always busy. */
    private static Uni<Void> closeIdle(SqlConnection session) {
        var sessions = SESSIONS.formatted(Database.applicationName());
        return Uni.createFrom()
                .deferred(() -> session.query("select pg_terminate_backend(pid) " + sessions + " and state = 'idle'").execute()
                        .chain(() -> session.query("select " + sessions).execute()))
                .onItem().delayIt().by(BETWEEN_ROUNDS)
                .repeat().atMost(ROUNDS).select().first(rows -> rows.size() > 0).collect().last().replaceWithVoid();
    }

    @Override
    public Uni<Void> end() {
        database.ifPresent(found -> found.usePassword(Optional.empty()));
        return Uni.createFrom().voidItem();
    }
}
