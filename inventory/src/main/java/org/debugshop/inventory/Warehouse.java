package org.debugshop.inventory;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiFunction;
import org.debugshop.defaults.Database;
import org.debugshop.defaults.HttpError;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The stock, and what becomes of it. Each method is one transaction, and each locks the rows of {@code stock} that it changes in the
 * order of their products, so that two never wait for each other; a reservation is locked before its products.
 */
@Singleton
class Warehouse {

    static final AttributeKey<String> FAILURE = AttributeKey.stringKey("shop.inventory.failure");

    /** Below this share of what there was at first, the stock is refilled to it. */
    private static final double LOW = 0.2;
    private static final int EXPIRED_AT_ONCE = 100;

    /** What an order takes. @param eventId of the event that says so */
    record Sale(UUID orderId, String eventId, Items items, List<String> reservations) {}

    private final Database database;
    private final Duration timeToLive;
    private final boolean restock;

    Warehouse(Database database, @ConfigProperty(name = "shop.reservation.ttl") Duration timeToLive,
            @ConfigProperty(name = "shop.restock") boolean restock) {
        this.database = database;
        this.timeToLive = timeToLive;
        this.restock = restock;
    }

    boolean prepared() {
        return database.prepared();
    }

    /** @return of those products that there are, in the order of their ids */
    Uni<List<Stock>> stock(List<Integer> productIds) {
        return database.with(
                sql -> sql.preparedQuery("select product_id, quantity, reserved from stock where product_id = any($1) order by product_id")
                        .execute(Tuple.of(productIds.toArray(Integer[]::new))))
                .map(Warehouse::stocks);
    }

    Uni<List<Stock>> all() {
        return database.with(sql -> sql.query("select product_id, quantity, reserved from stock order by product_id").execute())
                .map(Warehouse::stocks);
    }

    private static List<Stock> stocks(RowSet<Row> rows) {
        var list = new ArrayList<Stock>();
        rows.forEach(row -> list.add(new Stock(row.getInteger(0), row.getInteger(1), row.getInteger(2))));
        return list;
    }

    /** @return the id of the reservation; 409 when there is not enough of a product, 404 when there is no such product, 422 when the key was used for others */
    Uni<String> reserve(Items items, Optional<String> key) {
        var id = "RES-" + UUID.randomUUID();
        var span = Span.current();
        return database.inTransaction(sql -> hold(sql, id, items, key).flatMap(isNew -> isNew
                ? inOrder(items, (product, pieces) -> take(sql, span, product, pieces))
                        .chain(() -> refill(sql, items))
                        .replaceWith(id)
                : ofKey(sql, key.orElseThrow(), items)));
    }

    /** @return false when there is a reservation with this key already */
    private Uni<Boolean> hold(SqlConnection sql, String id, Items items, Optional<String> key) {
        return sql.preparedQuery("""
                insert into reservation (id, idempotency_key, fingerprint, state, expires_at) values ($1, $2, $3, 'held', $4)
                on conflict (idempotency_key) do nothing""")
                .execute(Tuple.of(id, key.orElse(null), items.fingerprint(), OffsetDateTime.now(ZoneOffset.UTC).plus(timeToLive)))
                .flatMap(rows -> rows.rowCount() == 0
                        ? Uni.createFrom().item(false)
                        : inOrder(items, (product, pieces) -> exists(sql, product).chain(() -> sql
                                .preparedQuery("insert into reservation_item (reservation_id, product_id, quantity) values ($1, $2, $3)")
                                .execute(Tuple.of(id, product, pieces)).replaceWithVoid())).replaceWith(true));
    }

    private static Uni<Void> exists(SqlConnection sql, int product) {
        return sql.preparedQuery("select from stock where product_id = $1").execute(Tuple.of(product)).invoke(rows -> {
            if (rows.size() == 0) {
                throw HttpError.notFound("Product not found");
            }
        }).replaceWithVoid();
    }

    private static Uni<String> ofKey(SqlConnection sql, String key, Items items) {
        return sql.preparedQuery("select id, fingerprint from reservation where idempotency_key = $1").execute(Tuple.of(key)).map(rows -> {
            var row = rows.iterator().next();
            if (!row.getString(1).equals(items.fingerprint())) {
                throw new HttpError(422, "This Idempotency-Key was used for another reservation");
            }
            return row.getString(0);
        });
    }

    private static Uni<Void> take(SqlConnection sql, Span span, int product, int pieces) {
        return sql.preparedQuery("update stock set reserved = reserved + $2 where product_id = $1 and quantity - reserved >= $2")
                .execute(Tuple.of(product, pieces))
                .flatMap(rows -> rows.rowCount() == 1 ? Uni.createFrom().voidItem() : refuse(sql, span, product));
    }

    private static Uni<Void> refuse(SqlConnection sql, Span span, int product) {
        return sql.preparedQuery("select quantity - reserved from stock where product_id = $1").execute(Tuple.of(product)).map(rows -> {
            var refusal = "Insufficient inventory: of product %d there are %d available".formatted(product,
                    rows.iterator().next().getInteger(0));
            span.setAttribute(FAILURE, refusal);
            throw new HttpError(409, refusal);
        });
    }

    /** Gives back a reservation, if it is still held; 404 when there never was one. */
    Uni<Void> release(String reservation) {
        return database.inTransaction(sql -> sql.preparedQuery("select state from reservation where id = $1 for update")
                .execute(Tuple.of(reservation)).flatMap(rows -> {
                    if (rows.size() == 0) {
                        throw HttpError.notFound("Reservation not found");
                    }
                    return rows.iterator().next().getString(0).equals("held")
                            ? giveBack(sql, reservation, "released")
                            : Uni.createFrom().voidItem();
                }));
    }

    /** As much as is held of these, from the oldest reservations on; of one that is needed in part only, all of it. */
    Uni<Void> release(Items items) {
        return database.inTransaction(sql -> inOrder(items, (product, pieces) -> sql.preparedQuery("""
                select r.id, i.quantity from reservation r join reservation_item i on i.reservation_id = r.id
                where r.state = 'held' and i.product_id = $1 order by r.created_at, r.id for update of r""")
                .execute(Tuple.of(product)).flatMap(rows -> {
                    var ids = new ArrayList<String>();
                    var left = pieces;
                    for (var row : rows) {
                        if (left <= 0) {
                            break;
                        }
                        ids.add(row.getString(0));
                        left -= row.getInteger(1);
                    }
                    return Multi.createFrom().iterable(ids).onItem().transformToUniAndConcatenate(id -> giveBack(sql, id, "released"))
                            .collect().last().replaceWithVoid();
                })));
    }

    /** @return how many reservations have come to their end without an order */
    Uni<Integer> expire() {
        return database.inTransaction(sql -> sql
                .query("select id from reservation where state = 'held' and expires_at <= now() order by id limit " + EXPIRED_AT_ONCE
                        + " for update skip locked")
                .execute().flatMap(rows -> {
                    var ids = new ArrayList<String>();
                    rows.forEach(row -> ids.add(row.getString(0)));
                    return inProducts(sql, ids).chain(() -> Multi.createFrom().iterable(ids)
                            .onItem().transformToUniAndConcatenate(id -> giveBack(sql, id, "expired")).collect().last())
                            .replaceWith(ids.size());
                }));
    }

    /** Locks the products of several reservations. */
    private static Uni<Void> inProducts(SqlConnection sql, List<String> reservations) {
        return sql.preparedQuery(
                """
                        select from stock where product_id in (select product_id from reservation_item where reservation_id = any($1)) order by product_id for update""")
                .execute(Tuple.of(reservations.toArray(String[]::new))).replaceWithVoid();
    }

    private static Uni<Void> giveBack(SqlConnection sql, String reservation, String state) {
        return inProducts(sql, List.of(reservation))
                .chain(() -> sql.preparedQuery(
                        """
                                update stock set reserved = reserved - i.quantity from reservation_item i where i.reservation_id = $1 and i.product_id = stock.product_id""")
                        .execute(Tuple.of(reservation)))
                .chain(() -> sql.preparedQuery("update reservation set state = $2, idempotency_key = null where id = $1")
                        .execute(Tuple.of(reservation, state)))
                .replaceWithVoid();
    }

    /**
     * Takes what an order has bought, once: what it had reserved, and what is missing from what is there.
     *
     * @return how many pieces there were not; 0 also when the order was dealt with before
     */
    Uni<Integer> sell(Sale sale) {
        return database.inTransaction(sql -> sql
                .preparedQuery("insert into sale (order_id, event_id) values ($1, $2) on conflict do nothing")
                .execute(Tuple.of(sale.orderId(), sale.eventId()))
                .flatMap(
                        rows -> rows.rowCount() == 0 ? Uni.createFrom().item(0) : claim(sql, sale).flatMap(held -> take(sql, sale, held))));
    }

    /** @return the pieces of each product that were held for the order, and are its own now */
    private static Uni<Map<Integer, Integer>> claim(SqlConnection sql, Sale sale) {
        return sql.preparedQuery("select id from reservation where id = any($1) and state = 'held' order by id for update")
                .execute(Tuple.of(sale.reservations().toArray(String[]::new))).flatMap(rows -> {
                    var ids = new ArrayList<String>();
                    rows.forEach(row -> ids.add(row.getString(0)));
                    var held = ids.toArray(String[]::new);
                    return sql.preparedQuery("update reservation set state = 'sold', order_id = $2 where id = any($1)")
                            .execute(Tuple.of(held, sale.orderId()))
                            .chain(() -> sql.preparedQuery(
                                    "select product_id, sum(quantity)::int from reservation_item where reservation_id = any($1) group by product_id")
                                    .execute(Tuple.tuple().addValue(held)));
                }).map(rows -> {
                    var pieces = new TreeMap<Integer, Integer>();
                    rows.forEach(row -> pieces.put(row.getInteger(0), row.getInteger(1)));
                    return pieces;
                });
    }

    private Uni<Integer> take(SqlConnection sql, Sale sale, Map<Integer, Integer> held) {
        // What was held and not bought is given back, so that products count which are only in one of the two.
        var products = new TreeMap<Integer, Integer>();
        held.keySet().forEach(product -> products.put(product, 0));
        products.putAll(sale.items().pieces());
        var missing = new ArrayList<Integer>();
        return inOrder(new Items(products),
                (product, pieces) -> sql.preparedQuery("select quantity - reserved from stock where product_id = $1 for update")
                        .execute(Tuple.of(product)).flatMap(rows -> {
                            var reserved = held.getOrDefault(product, 0);
                            var there = rows.size() == 0 ? 0 : rows.iterator().next().getInteger(0) + reserved;
                            var sold = Math.min(pieces, there);
                            missing.add(pieces - sold);
                            return sql
                                    .preparedQuery(
                                            "update stock set quantity = quantity - $2, reserved = reserved - $3 where product_id = $1")
                                    .execute(Tuple.of(product, sold, reserved))
                                    .chain(() -> pieces == 0
                                            ? Uni.createFrom().nullItem()
                                            : sql.preparedQuery(
                                                    "insert into sale_item (order_id, product_id, quantity, short) values ($1, $2, $3, $4)")
                                                    .execute(Tuple.of(sale.orderId(), product, pieces, pieces - sold)))
                                    .replaceWithVoid();
                        }))
                .chain(() -> refill(sql, new Items(products)))
                .replaceWith(() -> missing.stream().mapToInt(Integer::intValue).sum());
    }

    private Uni<Void> refill(SqlConnection sql, Items items) {
        return !restock
                ? Uni.createFrom().voidItem()
                : sql.preparedQuery(
                        """
                                update stock set quantity = reserved + initial_quantity, restocked = restocked + reserved + initial_quantity - quantity
                                where product_id = any($1) and quantity - reserved < initial_quantity * $2::float8""")
                        .execute(Tuple.of(items.pieces().keySet().toArray(Integer[]::new), LOW)).replaceWithVoid();
    }

    private static Uni<Void> inOrder(Items items, BiFunction<Integer, Integer, Uni<Void>> work) {
        return Multi.createFrom().iterable(items.pieces().entrySet())
                .onItem().transformToUniAndConcatenate(item -> work.apply(item.getKey(), item.getValue()))
                .collect().last();
    }
}
