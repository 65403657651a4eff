package org.debugshop.checkout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowIterator;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.data.Retention;
import org.debugshop.defaults.events.Outbox;
import org.debugshop.defaults.http.HttpError;

/** Orders in PostgreSQL. Each is written in one transaction with the event that announces it (the outbox). */
class PostgresOrders implements OrderStore {

    private static final String ORDER = "select o.document::text, o.fingerprint, r.sha256, r.size, o.payment_id from orders o left join receipt r on r.order_id = o.id";

    private final Database database;
    private final ObjectMapper json;
    private final Runnable onPlaced;
    private final BooleanSupplier newContract;

    /**
     * @param onPlaced called after each order, with its event, was committed
     * @param newContract whether events are written as {@link OrderAnnounced}
     */
    PostgresOrders(Database database, ObjectMapper json, Runnable onPlaced, BooleanSupplier newContract) {
        this.database = database;
        this.json = json;
        this.onPlaced = onPlaced;
        this.newContract = newContract;
    }

    @Override
    public Uni<Order> place(Placement placement) {
        var order = placement.order();
        return database.inTransaction(sql -> insert(sql, placement).flatMap(inserted -> inserted
                ? hold(sql, placement).chain(() -> announce(sql, placement)).replaceWith(order)
                // A concurrent request with the same key has committed first.
                : ofKey(sql, placement.key().orElseThrow(), placement.fingerprint()).map(Optional::orElseThrow)))
                .invoke(onPlaced);
    }

    private Uni<Boolean> insert(SqlConnection sql, Placement placement) {
        var order = placement.order();
        return sql.preparedQuery("""
                insert into orders (id, user_id, placed_at, idempotency_key, fingerprint, document)
                values ($1, $2, $3, $4, $5, $6::text::jsonb - 'payment_status') on conflict (idempotency_key) do nothing""")
                .execute(Tuple.tuple().addUUID(UUID.fromString(order.orderId())).addString(order.userId())
                        .addOffsetDateTime(order.timestamp().atOffset(ZoneOffset.UTC)).addString(placement.key().orElse(null))
                        .addString(placement.fingerprint()).addString(write(order)))
                .map(rows -> rows.rowCount() == 1);
    }

    private static Uni<Void> hold(SqlConnection sql, Placement placement) {
        return placement.reservations().isEmpty()
                ? Uni.createFrom().voidItem()
                : taken(sql, placement.reservations(), UUID.fromString(placement.order().orderId())).invoke(rows -> rows.forEach(row -> {
                    if (row.getUUID(1) == null) {
                        throw HttpError.unavailable("The reservation of the order has expired", null);
                    }
                })).replaceWithVoid();
    }

    @Override
    public Uni<List<String>> release(List<String> reservations) {
        return database.inTransaction(sql -> taken(sql, reservations, null)).map(rows -> {
            var ordered = new ArrayList<String>();
            rows.forEach(row -> {
                if (row.getUUID(1) != null) {
                    ordered.add(row.getString(0));
                }
            });
            return ordered;
        });
    }

    /**
     * Assigns these reservations to an order, or to none for good if {@code order} is null, unless that was done before. The
     * conflicting update changes nothing, but it waits for a concurrent transaction and returns its result. The ids are sorted, so
     * that two transactions can't deadlock.
     *
     * @return each reservation with its order, or null
     */
    private static Uni<RowSet<Row>> taken(SqlConnection sql, List<String> reservations, UUID order) {
        return sql.preparedQuery("""
                insert into reservation (id, order_id) select id, $2 from unnest($1::text[]) as id
                on conflict (id) do update set id = excluded.id returning id, order_id""")
                .execute(Tuple.of(reservations.stream().distinct().sorted().toArray(String[]::new), order));
    }

    private Uni<Void> announce(SqlConnection sql, Placement placement) {
        var order = UUID.fromString(placement.order().orderId());
        var event = OrderPlaced.of(placement.order(), placement.reservations());
        return newContract.getAsBoolean()
                ? Outbox.add(sql, order, write(OrderAnnounced.of(event))).chain(() -> Reannouncement.need(sql, order))
                : Outbox.add(sql, order, write(event));
    }

    @Override
    public Uni<Optional<Order>> repeated(String key, String fingerprint) {
        return database.with(sql -> ofKey(sql, key, fingerprint));
    }

    private Uni<Optional<Order>> ofKey(SqlConnection sql, String key, String fingerprint) {
        return sql.preparedQuery(ORDER + " where o.idempotency_key = $1").execute(Tuple.of(key)).map(PostgresOrders::first).map(found -> {
            found.ifPresent(row -> OrderStore.mustBeTheSame(fingerprint, row.getString(1)));
            return found.map(this::order);
        });
    }

    @Override
    public Uni<Optional<Order>> find(String id) {
        return uuid(id).map(uuid -> database.with(sql -> sql.preparedQuery(ORDER + " where o.id = $1").execute(Tuple.of(uuid)))
                .map(rows -> first(rows).map(this::order))).orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    }

    @Override
    public Uni<Page> of(String userId, int limit, String cursor) {
        var after = Position.parse(cursor);
        return database.with(sql -> sql.preparedQuery(ORDER
                + " where o.user_id = $1 and (o.placed_at, o.id) < ($2, $3) order by o.placed_at desc, o.id desc limit $4")
                .execute(Tuple.of(userId, after.placedAt(), after.id(), limit + 1)))
                .map(rows -> {
                    var orders = new ArrayList<Order>(limit + 1);
                    rows.forEach(row -> orders.add(order(row)));
                    if (orders.size() <= limit) {
                        return new Page(orders, null);
                    }
                    orders.removeLast();
                    return new Page(orders, Position.of(orders.getLast()).toString());
                });
    }

    /** The position of an order among all orders of its user. Its text form is the cursor. */
    private record Position(OffsetDateTime placedAt, UUID id) {

        /** Later than any order. */
        private static final Position END = new Position(OffsetDateTime.of(9999, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC), new UUID(0, 0));
        /** Earlier than any order. A cursor outside these bounds is refused, because its time may exceed the range of the database. */
        private static final OffsetDateTime BEGINNING = OffsetDateTime.of(1970, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

        static Position of(Order order) {
            return new Position(order.timestamp().atOffset(ZoneOffset.UTC), UUID.fromString(order.orderId()));
        }

        static Position parse(String cursor) {
            if (cursor == null) {
                return END;
            }
            try {
                var parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ", 2);
                var placedAt = OffsetDateTime.parse(parts[0]);
                if (placedAt.isBefore(BEGINNING) || placedAt.isAfter(END.placedAt())) {
                    throw OrderStore.noCursor();
                }
                return new Position(placedAt, UUID.fromString(parts[1]));
            } catch (RuntimeException none) {
                throw OrderStore.noCursor();
            }
        }

        @Override
        public String toString() {
            return Base64.getUrlEncoder().withoutPadding().encodeToString((placedAt + " " + id).getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public Uni<Optional<Document>> receipt(String id) {
        return uuid(id).map(uuid -> database
                .with(sql -> sql.preparedQuery("select document, sha256, size from receipt where order_id = $1").execute(Tuple.of(uuid)))
                .map(rows -> first(rows)
                        .map(row -> new Document(row.getString(0), new Order.Receipt(row.getString(1), row.getInteger(2))))))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    }

    @Override
    public Uni<Void> write(String id, Document receipt) {
        return database.with(sql -> sql.preparedQuery("""
                insert into receipt (order_id, document, sha256, size) values ($1, $2, $3, $4) on conflict do nothing""")
                .execute(Tuple.of(UUID.fromString(id), receipt.text(), receipt.receipt().sha256(), receipt.receipt().size()))
                .replaceWithVoid());
    }

    @Override
    public Uni<Optional<String>> pay(String id, String payment) {
        return uuid(id).map(uuid -> database.with(sql -> sql.preparedQuery("""
                update orders set payment_id = coalesce(payment_id, $2) where id = $1 returning payment_id""")
                .execute(Tuple.of(uuid, UUID.fromString(payment)))
                .map(rows -> first(rows).map(row -> row.getUUID(0).toString()))))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    }

    /**
     * Removes old orders with their receipts, and old reservations that were released. Orders without a receipt, or with an event
     * in the outbox, are kept.
     *
     * @return the larger of the two counts, at most {@link Retention#BATCH}
     */
    Uni<Integer> removeOlderThan(OffsetDateTime time) {
        return removeOrders(time).flatMap(removed -> removeReleased(time).map(released -> Math.max(removed, released)));
    }

    private Uni<Integer> removeReleased(OffsetDateTime time) {
        return database.with(sql -> sql.preparedQuery("""
                delete from reservation where id in
                (select id from reservation where order_id is null and created_at < $1 order by created_at limit $2)""")
                .execute(Tuple.of(time, Retention.BATCH)).map(RowSet::rowCount));
    }

    private Uni<Integer> removeOrders(OffsetDateTime time) {
        return database.inTransaction(sql -> sql.preparedQuery("""
                select o.id from orders o join receipt r on r.order_id = o.id
                where o.placed_at < $1 and not exists (select from outbox e where e.order_id = o.id)
                order by o.placed_at limit $2 for update skip locked""").execute(Tuple.of(time, Retention.BATCH)).flatMap(rows -> {
            var ids = new ArrayList<UUID>();
            rows.forEach(row -> ids.add(row.getUUID(0)));
            var old = ids.toArray(UUID[]::new);
            return sql.preparedQuery("delete from receipt where order_id = any($1)").execute(Tuple.tuple().addValue(old))
                    .chain(() -> sql.preparedQuery("delete from orders where id = any($1)").execute(Tuple.tuple().addValue(old)))
                    .replaceWith(old.length);
        }));
    }

    @Override
    public boolean prepared() {
        return database.prepared();
    }

    private static Optional<Row> first(RowSet<Row> rows) {
        RowIterator<Row> all = rows.iterator();
        return all.hasNext() ? Optional.of(all.next()) : Optional.empty();
    }

    /** Reads a row of {@link #ORDER}. */
    private Order order(Row row) {
        try {
            var stored = json.readValue(row.getString(0), Order.class);
            var order = row.getUUID(4) == null ? stored : stored.paidBy(row.getUUID(4).toString());
            return row.getString(2) == null ? order : order.with(new Order.Receipt(row.getString(2), row.getInteger(3)));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Parses an id; empty if it is not a UUID, because then no order has it. */
    private static Optional<UUID> uuid(String id) {
        try {
            return Optional.of(UUID.fromString(id)).filter(uuid -> uuid.toString().equals(id));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }
}
