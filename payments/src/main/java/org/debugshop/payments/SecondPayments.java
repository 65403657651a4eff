package org.debugshop.payments;

import io.quarkus.logging.Log;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.debugshop.defaults.controls.Fault;
import org.debugshop.defaults.data.Database;

/**
 * Lets the database store several payments of an order while {@link Faults#paidOrders} is on. When it ends, the order keeps its first
 * payment, as in checkout, and the others are refunded.
 */
@Startup
@Singleton
class SecondPayments implements Fault.Effect {

    /** Only the change and the repair may take so long: payments wait for them. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Database database;

    SecondPayments(Faults faults, Database database) {
        this.database = database;
        faults.paidOrders().with(this);
    }

    @Override
    public Uni<Void> begin(double strength) {
        return database.whenPrepared().chain(() -> database.inTransaction(PATIENCE,
                sql -> run(sql, "set local statement_timeout = " + PATIENCE.toMillis())
                        .chain(() -> run(sql, "alter table payment drop constraint if exists payment_order_id_key"))));
    }

    @Override
    public Uni<Void> end() {
        return database.whenPrepared().chain(this::isUnique).flatMap(unique -> unique ? Uni.createFrom().voidItem() : refund());
    }

    private Uni<Boolean> isUnique() {
        return database.with(sql -> sql
                .query("select from pg_constraint where conrelid = 'payment'::regclass and conname = 'payment_order_id_key'").execute()
                .map(rows -> rows.size() > 0));
    }

    private Uni<Void> refund() {
        return database.inTransaction(PATIENCE, sql -> run(sql, "set local statement_timeout = " + PATIENCE.toMillis())
                .chain(() -> run(sql, "lock table payment in access exclusive mode"))
                .chain(() -> sql
                        .query("""
                                with again as (
                                    select id from (select id, row_number() over (partition by order_id order by paid_at, id) as number from payment) as numbered
                                    where number > 1
                                ), removed as (
                                    delete from payment where id in (select id from again) returning *
                                )
                                insert into refund (payment_id, order_id, user_id, amount, currency, paid_at)
                                select id, order_id, user_id, amount, currency, paid_at from removed""")
                        .execute())
                // Another replica may have done it meanwhile.
                .call(() -> run(sql, "alter table payment drop constraint if exists payment_order_id_key"))
                .call(() -> run(sql, "alter table payment add constraint payment_order_id_key unique (order_id)")))
                .invoke(refunds -> Log.infof("Refunded %d payments of orders that were paid already", refunds.rowCount()))
                .replaceWithVoid();
    }

    private static Uni<Void> run(SqlConnection sql, String statement) {
        return sql.query(statement).execute().replaceWithVoid();
    }
}
