package org.debugshop.checkout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.debugshop.defaults.controls.Fault;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.events.Outbox;

/** Announces the orders again whose events could not be read. Consumers process each order once, however often it is announced. */
final class Reannouncement implements Fault.Effect {

    /** The number of orders in a transaction. */
    private static final int BATCH = 100;
    /** The limit for the transaction of a batch, in which each event is a statement. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** By then, orders that were being placed when the fault ended are stored. */
    private static final Duration LAST_ORDERS = Duration.ofSeconds(2);

    private record Announced(UUID order, String event) {}

    private final Database database;
    private final ObjectMapper json;
    private final Runnable onAnnounced;
    private final Runnable onEnded;

    /**
     * @param onAnnounced called after the events of a batch were committed
     * @param onEnded called after orders were announced again
     */
    Reannouncement(Database database, ObjectMapper json, Runnable onAnnounced, Runnable onEnded) {
        this.database = database;
        this.json = json;
        this.onAnnounced = onAnnounced;
        this.onEnded = onEnded;
    }

    /** Notes, in the transaction of an order, that it has to be announced again. */
    static Uni<Void> need(SqlConnection sql, UUID order) {
        return sql.preparedQuery("insert into reannouncement (order_id) values ($1)").execute(Tuple.of(order)).replaceWithVoid();
    }

    @Override
    public Uni<Void> begin(double strength) {
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Void> end() {
        return database.whenPrepared().chain(this::all).flatMap(first -> Uni.createFrom().item(first).onItem().delayIt().by(LAST_ORDERS)
                .flatMap(_ -> all()).map(last -> first + last))
                .invoke(count -> {
                    if (count > 0) {
                        Log.infof("Announced %d orders again", count);
                        onEnded.run();
                    }
                }).replaceWithVoid();
    }

    private Uni<Long> all() {
        return Uni.createFrom().deferred(this::batch).repeat().whilst(count -> count == BATCH)
                .collect().with(Collectors.summingLong(Integer::longValue));
    }

    private Uni<Integer> batch() {
        return database.inTransaction(PATIENCE, sql -> sql.query("""
                delete from reannouncement where order_id in (select order_id from reannouncement limit %d for update skip locked)
                returning order_id""".formatted(BATCH)).execute().flatMap(rows -> {
            var ids = new ArrayList<UUID>();
            rows.forEach(row -> ids.add(row.getUUID(0)));
            var orders = Tuple.tuple().addValue(ids.toArray(UUID[]::new));
            return ids.isEmpty()
                    ? Uni.createFrom().item(0)
                    : discard(sql, orders).chain(() -> events(sql, orders)).flatMap(events -> announce(sql, events))
                            .replaceWith(ids.size());
        })).invoke(onAnnounced);
    }

    /** Removes the events that are not sent yet. The relay has locked those that it is just sending. */
    private static Uni<Void> discard(SqlConnection sql, Tuple orders) {
        return sql.preparedQuery("""
                delete from outbox where id in (select id from outbox where order_id = any($1) for update skip locked)""")
                .execute(orders).replaceWithVoid();
    }

    private Uni<List<Announced>> events(SqlConnection sql, Tuple orders) {
        return sql.preparedQuery("""
                select o.id, o.document::text, array(select r.id from reservation r where r.order_id = o.id order by r.id)
                from orders o where o.id = any($1) order by o.placed_at""").execute(orders).map(rows -> {
            var events = new ArrayList<Announced>();
            rows.forEach(row -> events.add(new Announced(row.getUUID(0), event(row.getString(1), row.getArrayOfStrings(2)))));
            return events;
        });
    }

    private static Uni<Void> announce(SqlConnection sql, List<Announced> events) {
        return Multi.createFrom().iterable(events).onItem()
                .transformToUniAndConcatenate(announced -> Outbox.add(sql, announced.order(), announced.event())).collect().last();
    }

    private String event(String document, String[] reservations) {
        try {
            return json.writeValueAsString(OrderPlaced.of(json.readValue(document, Order.class), List.of(reservations)));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
