package org.debugshop.payments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.data.Retention;
import org.debugshop.defaults.events.Outbox;
import org.debugshop.defaults.http.HttpError;

/** Payments in PostgreSQL. Each is written in one transaction with the event that announces it (the outbox). */
@Singleton
class PaymentStore {

    /** @param repeated whether an earlier request with the same key has made it */
    record Stored(Payment payment, boolean repeated) {}

    private static final String PAYMENT = "select id, user_id, order_id, amount, currency, 'paid' from payment";
    private static final String REFUND = "select payment_id, user_id, order_id, amount, currency, 'refunded' from refund";

    private final Database database;
    private final Outbox outbox;
    private final ObjectMapper json;

    PaymentStore(Database database, Outbox outbox, ObjectMapper json) {
        this.database = database;
        this.outbox = outbox;
        this.json = json;
    }

    /**
     * Stores a payment, unless there is one with the same key, or one of the same order. A concurrent payment of the order waits until
     * this one is stored or has failed. So {@code charge} is only called for the first.
     *
     * @param charge called when the order can be paid; if it fails, nothing is stored
     * @return fails with 409 if the order is already paid, with 422 if the key was used for another payment
     */
    Uni<Stored> pay(PaymentRequest request, Payment payment, Supplier<Uni<Void>> charge) {
        var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return database.inTransaction(sql -> insert(sql, request, payment, now).flatMap(inserted -> inserted
                ? charge.get().chain(() -> Outbox.add(sql, payment.orderId(), write(PaymentCompleted.of(payment, now))))
                        .replaceWith(new Stored(payment, false))
                : repeated(sql, request).map(found -> new Stored(found.orElseThrow(PaymentStore::alreadyPaid), true))))
                .invoke(outbox::wake);
    }

    private static Uni<Boolean> insert(SqlConnection sql, PaymentRequest request, Payment payment, Instant now) {
        return sql.preparedQuery("""
                insert into payment (id, order_id, user_id, amount, currency, paid_at, idempotency_key)
                values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing""")
                .execute(Tuple.tuple().addUUID(payment.id()).addUUID(payment.orderId()).addString(payment.userId())
                        .addBigDecimal(payment.amount()).addString(payment.currency()).addOffsetDateTime(now.atOffset(ZoneOffset.UTC))
                        .addString(request.key().orElse(null)))
                .map(rows -> rows.rowCount() == 1);
    }

    /** Returns the payment that the user has made with the key of this request; fails with 422 if that was a different payment. */
    Uni<Optional<Payment>> repeated(PaymentRequest request) {
        return request.key().isEmpty() ? Uni.createFrom().item(Optional.empty()) : database.with(sql -> repeated(sql, request));
    }

    private static Uni<Optional<Payment>> repeated(SqlConnection sql, PaymentRequest request) {
        return sql.preparedQuery(PAYMENT + " where user_id = $1 and idempotency_key = $2")
                .execute(Tuple.of(request.userId(), request.key().orElse(null)))
                .map(PaymentStore::first)
                .invoke(found -> found.ifPresent(payment -> {
                    if (!payment.orderId().equals(request.orderId()) || payment.amount().compareTo(request.amount()) != 0) {
                        throw new HttpError(422, "This Idempotency-Key was used for another payment");
                    }
                }));
    }

    /** Returns this payment of this user, if there is one; also if it was refunded. */
    Uni<Optional<Payment>> find(UUID id, String userId) {
        return database.with(sql -> sql.preparedQuery(PAYMENT + " where id = $1 and user_id = $2 union all " + REFUND
                + " where payment_id = $1 and user_id = $2").execute(Tuple.of(id, userId)).map(PaymentStore::first));
    }

    /**
     * Removes old payments and refunds. A payment with an event in the outbox is kept.
     *
     * @return the larger of the two counts, at most {@link Retention#BATCH}
     */
    Uni<Integer> removeOlderThan(OffsetDateTime time) {
        return removePayments(time).flatMap(payments -> removeRefunds(time).map(refunds -> Math.max(payments, refunds)));
    }

    private Uni<Integer> removeRefunds(OffsetDateTime time) {
        return database.with(sql -> sql.preparedQuery("""
                delete from refund where payment_id in
                (select payment_id from refund where refunded_at < $1 order by refunded_at limit $2)""")
                .execute(Tuple.of(time, Retention.BATCH)).map(RowSet::rowCount));
    }

    private Uni<Integer> removePayments(OffsetDateTime time) {
        return database.with(sql -> sql.preparedQuery("""
                delete from payment where id in (select p.id from payment p
                where p.paid_at < $1 and not exists (select from outbox e where e.order_id = p.order_id) order by p.paid_at limit $2)""")
                .execute(Tuple.of(time, Retention.BATCH)).map(RowSet::rowCount));
    }

    /** Counts the orders that have more than one payment of the last hour. The database does not allow any, so they reveal a fault. */
    Uni<Long> paidTwice() {
        return database.with(sql -> sql
                .query("""
                        select case when exists (select from pg_constraint
                            where conrelid = 'payment'::regclass and conname = 'payment_order_id_key') then 0
                        else (select count(*) from (select from payment where paid_at > now() - interval '1 hour'
                            group by order_id having count(*) > 1) as twice) end""")
                .execute().map(rows -> rows.iterator().next().getLong(0)));
    }

    static HttpError alreadyPaid() {
        return new HttpError(409, "Order is already paid");
    }

    private static Optional<Payment> first(RowSet<Row> rows) {
        var all = rows.iterator();
        return all.hasNext() ? Optional.of(payment(all.next())) : Optional.empty();
    }

    /** Reads a row of {@link #PAYMENT}. */
    private static Payment payment(Row row) {
        return new Payment(row.getUUID(0), row.getString(1), row.getUUID(2), row.getBigDecimal(3), row.getString(4),
                row.getString(5));
    }

    private String write(PaymentCompleted event) {
        try {
            return json.writeValueAsString(event);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
