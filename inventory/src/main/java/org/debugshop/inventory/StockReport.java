package org.debugshop.inventory;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import org.debugshop.defaults.controls.Fault;
import org.debugshop.defaults.data.Database;

/**
 * A report that locks the table of the stock, so that the figures do not change meanwhile, and does not come to its end. It holds the lock in
 * a session of its own, so PostgreSQL releases it if this process dies.
 */
class StockReport implements Fault.Effect {

    static final String APPLICATION_NAME = "stock-report";

    /** Statements that wait behind the report have a limit of a second, so within this time it gets the lock. */
    private static final String LOCK = "set lock_timeout = '10s'; begin; lock table stock in access exclusive mode";
    private static final String IS_LOCKED = """
            select from pg_locks l join pg_stat_activity a on a.pid = l.pid
            where a.application_name = '%s' and l.relation = 'stock'::regclass and l.mode = 'AccessExclusiveLock' and l.granted"""
            .formatted(APPLICATION_NAME);

    private final Database database;
    private volatile SqlConnection session;

    StockReport(Database database) {
        this.database = database;
    }

    /** Takes the lock, unless another instance has it. */
    @Override
    public Uni<Void> begin(double strength) {
        if (session != null) {
            return Uni.createFrom().voidItem();
        }
        return database.open(APPLICATION_NAME).flatMap(opened -> opened.query(IS_LOCKED).execute()
                .flatMap(found -> found.size() > 0
                        ? opened.close()
                        : opened.query(LOCK).execute().invoke(() -> session = opened).replaceWithVoid())
                .onFailure().call(opened::close));
    }

    @Override
    public Uni<Void> end() {
        var held = session;
        session = null;
        return held == null ? Uni.createFrom().voidItem() : held.close().onFailure().recoverWithNull();
    }
}
