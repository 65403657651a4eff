package org.debugshop.accounts;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.debugshop.defaults.controls.Fault;
import org.debugshop.defaults.data.Database;

/**
 * A job in the background that opens session after session of PostgreSQL and closes none, until there are hardly any left for others. The
 * server counts the sessions of all services and databases together.
 *
 * <p>Pools keep their connections, so at first only those would notice that need one more. Therefore idle connections are closed, as happens
 * to all sooner or later. PostgreSQL ends the sessions if this process dies.
 */
class NightlyReport implements Fault.Effect {

    static final String APPLICATION_NAME = "nightly-report";

    /** Those of all services, which have one role. Monitoring and operators keep theirs. */
    private static final String CLOSE_IDLE = """
            select pg_terminate_backend(pid) from pg_stat_activity
            where usename = current_user and application_name not in ('%s', 'engine-exporter', 'psql') and state = 'idle'"""
            .formatted(APPLICATION_NAME);
    /** The largest number of sessions, because each takes memory of the server. */
    private static final int MOST = 200;
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final int ROUNDS = 3;
    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(200);

    private final Optional<Database> database;
    /** Only used by one switch at a time. */
    private final List<SqlConnection> sessions = new ArrayList<>();

    /** @param database empty if users are in memory */
    NightlyReport(Optional<Database> database) {
        this.database = database;
    }

    /** @param left how many connections it leaves to all others */
    @Override
    public Uni<Void> begin(double left) {
        return database.map(found -> end()
                .chain(() -> found.open(APPLICATION_NAME)).invoke(sessions::add)
                .flatMap(first -> openAll(found)
                        .chain(() -> Uni.createFrom().deferred(() -> first.query(CLOSE_IDLE).execute().chain(() -> openAll(found)))
                                .onItem().delayIt().by(BETWEEN_ROUNDS)
                                .repeat().atMost(ROUNDS).collect().last()))
                .chain(() -> closeLast((int) left))
                // Another instance has them.
                .onFailure(NightlyReport::isFull).recoverWithNull())
                .orElseGet(() -> Uni.createFrom().failure(new IllegalStateException("Users are in memory")));
    }

    private static boolean isFull(Throwable failure) {
        return failure instanceof PgException error && TOO_MANY_CONNECTIONS.equals(error.getSqlState());
    }

    /** Opens sessions until the server refuses one more. */
    private Uni<Void> openAll(Database found) {
        return Multi.createBy().repeating().uni(() -> found.open(APPLICATION_NAME)).whilst(_ -> sessions.size() < MOST)
                .onItem().invoke(sessions::add)
                .onFailure().recoverWithCompletion()
                .collect().last().replaceWithVoid();
    }

    private Uni<Void> closeLast(int count) {
        var last = new ArrayList<SqlConnection>();
        while (last.size() < count && sessions.size() > 1) {
            last.add(sessions.removeLast());
        }
        return close(last);
    }

    @Override
    public Uni<Void> end() {
        var all = List.copyOf(sessions);
        sessions.clear();
        return close(all);
    }

    private static Uni<Void> close(List<SqlConnection> some) {
        return Multi.createFrom().iterable(some)
                .onItem().transformToUniAndConcatenate(session -> session.close().onFailure().recoverWithNull())
                .collect().last();
    }
}
