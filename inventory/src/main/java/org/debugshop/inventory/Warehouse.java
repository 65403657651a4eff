package org.debugshop.inventory;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
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
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.data.Retention;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The stock and its reservations. Each method is one transaction. To avoid deadlocks, each transaction takes its locks in the same
 * order: first its reservations by id, then their attempts, and last the rows of {@code stock} by product.
 */
@Singleton
class Warehouse {

    static final AttributeKey<String> FAILURE = AttributeKey.stringKey("shop.inventory.failure");

    /** The stock is refilled to its initial quantity if it falls below this share of that. */
    private static final double LOW = 0.2;
    /** The condition that a product has to be {@link #level levelled}. The parameter is the share below which it is refilled. */
    private static final String UNEVEN = "(quantity - reserved < initial_quantity * %s::float8 or quantity - reserved > initial_quantity)";
    private static final int EXPIRED_AT_ONCE = 100;
    private static final Counter OVERSOLD = Counter.builder("shop.stock.oversold")
            .description("Pieces that were sold from a reservation, but not counted as reserved").register(Metrics.globalRegistry);
    private static final Uni<Void> DONE = Uni.createFrom().voidItem();

    /** The sale of an order. @param eventId the id of the event that announced the order */
    record Sale(UUID orderId, String eventId, ProductQuantities items, List<String> reservations) {}

    private final Database database;
    private final Duration timeToLive;
    private final boolean restock;
    private final ReadThenWrite readThenWrite;

    Warehouse(Database database, @ConfigProperty(name = "shop.reservation.ttl") Duration timeToLive,
            @ConfigProperty(name = "shop.restock") boolean restock, ReadThenWrite readThenWrite) {
        this.database = database;
        this.readThenWrite = readThenWrite;
        this.timeToLive = timeToLive;
        this.restock = restock;
    }

    boolean prepared() {
        return database.prepared();
    }

    /** Returns the stock of these products, in the order of their ids. Unknown products are left out. */
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

    /** Like {@link #reserve(ProductQuantities, Optional, Optional)}, but not for an order. */
    Uni<String> reserve(ProductQuantities items, Optional<String> key) {
        return reserve(items, key, Optional.empty());
    }

    /**
     * Reserves all items or none.
     *
     * @param key a repeated request with the same key gets the reservation of the first one
     * @param attempt the id of the attempt to place an order, which holds the reservation until it is given up
     * @return the reservation's id; fails with 409 if there is not enough stock, 404 if a product doesn't exist, 422 if the key was
     *         used for other items, 410 if the attempt was already given up
     */
    Uni<String> reserve(ProductQuantities items, Optional<String> key, Optional<String> attempt) {
        var id = "RES-" + UUID.randomUUID();
        var span = Span.current();
        return database.inTransaction(sql -> hold(sql, id, items, key, attempt)
                .call(held -> held.equals(id) ? fill(sql, span, id, items) : DONE));
    }

    /**
     * Creates a reservation with this id, unless one has the key; returns that one's id then. Its row is locked, so it keeps the key
     * meanwhile. If it is held, the attempt joins it.
     */
    private Uni<String> hold(SqlConnection sql, String id, ProductQuantities items, Optional<String> key, Optional<String> attempt) {
        return sql.preparedQuery("""
                with made as (
                    insert into reservation (id, idempotency_key, fingerprint, state, expires_at) values ($1, $2, $3, 'held', $4)
                    on conflict (idempotency_key) do update set idempotency_key = excluded.idempotency_key
                    returning id, state, fingerprint),
                joined as (
                    insert into attempt (id, reservation_id)
                    select $5::text, id from made where $5::text is not null and state = 'held' and fingerprint = $3
                    on conflict (id) do update set id = excluded.id returning reservation_id)
                select id, fingerprint, exists (select from joined where reservation_id is distinct from made.id) from made""")
                .execute(Tuple.of(id, key.orElse(null), items.fingerprint(), expiry(), attempt.orElse(null)))
                .map(rows -> {
                    var row = rows.iterator().next();
                    if (!row.getString(1).equals(items.fingerprint())) {
                        throw new HttpError(422, "This Idempotency-Key was used for another reservation");
                    }
                    if (row.getBoolean(2)) {
                        throw new HttpError(410, "This attempt was given up");
                    }
                    return row.getString(0);
                });
    }

    private Uni<Void> fill(SqlConnection sql, Span span, String id, ProductQuantities items) {
        return readThenWrite.isUsed()
                ? list(sql, id, items)
                        .chain(() -> readThenWrite.take(sql, items, product -> refuse(sql, span, product)))
                        .chain(() -> level(sql, items.pieces().keySet()))
                : take(sql, id, items).flatMap(taken -> items.pieces().keySet().stream().filter(product -> !taken.containsKey(product))
                        .findFirst().map(product -> refuse(sql, span, product)).orElseGet(() -> levelUneven(sql, taken)));
    }

    /** Writes which products a reservation is of. */
    private static Uni<Void> list(SqlConnection sql, String id, ProductQuantities items) {
        return sql.preparedQuery("""
                insert into reservation_item (reservation_id, product_id, quantity)
                select $1, product_id, pieces from unnest($2::int[], $3::int[]) as w (product_id, pieces) join stock using (product_id)""")
                .execute(Tuple.of(id, items.products(), items.counts())).invoke(rows -> {
                    if (rows.rowCount() < items.pieces().size()) {
                        throw HttpError.notFound("Product not found");
                    }
                }).replaceWithVoid();
    }

    /**
     * Takes the pieces and writes what the reservation is of, in one statement: other reservations of these products wait from here to the
     * end of the transaction.
     *
     * @return the products of which there is enough, and whether each is {@link #UNEVEN} now
     */
    private Uni<Map<Integer, Boolean>> take(SqlConnection sql, String id, ProductQuantities items) {
        return sql.preparedQuery("""
                with locked as (
                    select product_id, pieces from unnest($2::int[], $3::int[]) as w (product_id, pieces) join stock using (product_id)
                    where quantity - reserved >= pieces order by product_id for update of stock),
                taken as (
                    update stock set reserved = reserved + pieces from locked where locked.product_id = stock.product_id
                    returning stock.product_id, pieces, %s as uneven),
                items as (
                    insert into reservation_item (reservation_id, product_id, quantity) select $1, product_id, pieces from taken)
                select product_id, uneven from taken""".formatted(UNEVEN.formatted("$4")))
                .execute(Tuple.of(id, items.products(), items.counts(), low())).map(Warehouse::uneven);
    }

    private static Map<Integer, Boolean> uneven(RowSet<Row> rows) {
        var products = new TreeMap<Integer, Boolean>();
        rows.forEach(row -> products.put(row.getInteger(0), row.getBoolean(1)));
        return products;
    }

    /** Refuses a reservation because of a product of which there is not enough. Fails always. */
    private static Uni<Void> refuse(SqlConnection sql, Span span, int product) {
        return sql.preparedQuery("select quantity - reserved from stock where product_id = $1").execute(Tuple.of(product)).map(rows -> {
            if (rows.size() == 0) {
                throw HttpError.notFound("Product not found");
            }
            var refusal = "Insufficient inventory: of product %d there are %d available".formatted(product,
                    rows.iterator().next().getInteger(0));
            span.setAttribute(FAILURE, refusal);
            throw new HttpError(409, refusal);
        });
    }

    /** Releases a reservation if it is still held; fails with 404 if it never existed, 409 if an attempt to place an order holds it. */
    Uni<Void> release(String reservation) {
        return database.inTransaction(sql -> lock(sql, reservation).flatMap(state -> {
            if (state.isEmpty()) {
                throw HttpError.notFound("Reservation not found");
            }
            return state.get().equals("held")
                    ? hasAttempts(sql, reservation).invoke(owned -> {
                        if (owned) {
                            throw new HttpError(409, "The reservation belongs to an order");
                        }
                    }).chain(() -> giveBack(sql, List.of(reservation), "released"))
                    : DONE;
        }));
    }

    /**
     * Ends an attempt that certainly placed no order, and releases its reservation if no other attempt holds it. An attempt that
     * has no reservation yet won't get one.
     *
     * @return the released reservation, if there is one
     */
    Uni<Optional<String>> giveUp(String attempt) {
        return database.inTransaction(sql -> sql.preparedQuery("insert into attempt (id) values ($1) on conflict do nothing")
                .execute(Tuple.of(attempt))
                .chain(() -> sql.preparedQuery("select reservation_id from attempt where id = $1 and reservation_id is not null")
                        .execute(Tuple.of(attempt)))
                .flatMap(rows -> rows.size() == 0
                        ? Uni.createFrom().item(Optional.empty())
                        : leave(sql, attempt, rows.iterator().next().getString(0))));
    }

    private Uni<Optional<String>> leave(SqlConnection sql, String attempt, String reservation) {
        return lock(sql, reservation)
                .call(() -> sql.preparedQuery("delete from attempt where id = $1").execute(Tuple.of(attempt)))
                .flatMap(state -> state.filter("held"::equals).isEmpty()
                        ? Uni.createFrom().item(Optional.empty())
                        : hasAttempts(sql, reservation).flatMap(stillHeld -> stillHeld
                                ? Uni.createFrom().item(Optional.empty())
                                : giveBack(sql, List.of(reservation), "released").replaceWith(Optional.of(reservation))));
    }

    private static Uni<Optional<String>> lock(SqlConnection sql, String reservation) {
        return sql.preparedQuery("select state from reservation where id = $1 for update").execute(Tuple.of(reservation))
                .map(rows -> rows.size() == 0 ? Optional.empty() : Optional.of(rows.iterator().next().getString(0)));
    }

    /** Looks for attempts in a separate statement, after the reservation was locked, so that it sees each attempt that joined before. */
    private static Uni<Boolean> hasAttempts(SqlConnection sql, String reservation) {
        return sql.preparedQuery("select from attempt where reservation_id = $1 limit 1").execute(Tuple.of(reservation))
                .map(rows -> rows.size() > 0);
    }

    /**
     * Releases reservations that belong to no order, oldest first, until these quantities are covered. A reservation is released
     * whole even if only part of it is needed.
     */
    Uni<Void> release(ProductQuantities items) {
        var products = items.pieces().keySet().toArray(Integer[]::new);
        return database.inTransaction(sql -> sql.preparedQuery("""
                select r.id from reservation r
                where r.state = 'held' and not exists (select from attempt a where a.reservation_id = r.id)
                and exists (select from reservation_item i where i.reservation_id = r.id and i.product_id = any($1))
                order by r.id for update of r""").execute(Tuple.tuple().addValue(products))
                .map(Warehouse::ids)
                // Check again: an attempt may have joined before the lock was acquired.
                .chain(held -> sql.preparedQuery("""
                        select r.id, i.product_id, i.quantity from reservation r join reservation_item i on i.reservation_id = r.id
                        where r.id = any($1) and not exists (select from attempt a where a.reservation_id = r.id)
                        order by r.created_at, r.id""").execute(Tuple.tuple().addValue(held.toArray(String[]::new))))
                .chain(rows -> giveBack(sql, covering(items, rows), "released")));
    }

    private static List<String> covering(ProductQuantities items, RowSet<Row> oldestFirst) {
        var reservations = new LinkedHashMap<String, Map<Integer, Integer>>();
        oldestFirst.forEach(row -> reservations.computeIfAbsent(row.getString(0), _ -> new HashMap<>())
                .put(row.getInteger(1), row.getInteger(2)));
        var left = new HashMap<>(items.pieces());
        var chosen = new ArrayList<String>();
        reservations.forEach((id, pieces) -> {
            if (pieces.keySet().stream().anyMatch(product -> left.getOrDefault(product, 0) > 0)) {
                chosen.add(id);
                pieces.forEach((product, count) -> left.merge(product, -count, Integer::sum));
            }
        });
        return chosen;
    }

    /**
     * Releases expired reservations that belong to no attempt.
     *
     * @return how many, at most 100
     */
    Uni<Integer> expire() {
        return database.inTransaction(sql -> sql.query("""
                select id from reservation r where state = 'held' and expires_at <= now() and not exists
                (select from attempt a where a.reservation_id = r.id) order by id limit %d for update skip locked"""
                .formatted(EXPIRED_AT_ONCE))
                .execute().map(Warehouse::ids)
                // Check again: an attempt may have joined before the lock was acquired.
                .chain(ids -> sql.preparedQuery("""
                        select id from unnest($1::text[]) as id where not exists (select from attempt a where a.reservation_id = id)""")
                        .execute(Tuple.tuple().addValue(ids.toArray(String[]::new))))
                .map(Warehouse::ids).call(ids -> giveBack(sql, ids, "expired"))
                // After ten minutes, no request of an abandoned attempt can still be running.
                .call(() -> sql.query("delete from attempt where reservation_id is null and created_at < now() - interval '10 minutes'")
                        .execute())
                .map(List::size));
    }

    /** Returns expired reservations that an attempt holds, so that an order may have taken them; oldest first, at most 100. */
    Uni<List<String>> overdue() {
        return database.with(sql -> sql.query("""
                select id from reservation r where state = 'held' and expires_at <= now()
                and exists (select from attempt a where a.reservation_id = r.id) order by expires_at limit %d"""
                .formatted(EXPIRED_AT_ONCE)).execute().map(Warehouse::ids));
    }

    /** Releases reservations that no order has taken or will take, even if attempts hold them. */
    Uni<Void> expire(List<String> reservations) {
        return database.inTransaction(sql -> stillHeld(sql, reservations).chain(held -> giveBack(sql, held, "expired")));
    }

    /** Extends reservations that an order has taken by another lifetime. */
    Uni<Void> keep(List<String> reservations) {
        return database.inTransaction(sql -> stillHeld(sql, reservations)
                .chain(held -> sql.preparedQuery("update reservation set expires_at = $2 where id = any($1)")
                        .execute(Tuple.tuple().addValue(held.toArray(String[]::new)).addOffsetDateTime(expiry()))))
                .replaceWithVoid();
    }

    private OffsetDateTime expiry() {
        return OffsetDateTime.now(ZoneOffset.UTC).plus(timeToLive);
    }

    /** Locks those of these reservations that are still held, and returns them. */
    private static Uni<List<String>> stillHeld(SqlConnection sql, List<String> reservations) {
        return sql.preparedQuery("select id from reservation where id = any($1) and state = 'held' order by id for update")
                .execute(Tuple.tuple().addValue(reservations.toArray(String[]::new))).map(Warehouse::ids);
    }

    private static List<String> ids(RowSet<Row> rows) {
        var ids = new ArrayList<String>();
        rows.forEach(row -> ids.add(row.getString(0)));
        return ids;
    }

    /** @param reservations reservations that are locked */
    private Uni<Void> giveBack(SqlConnection sql, List<String> reservations, String state) {
        if (reservations.isEmpty()) {
            return DONE;
        }
        var ids = reservations.toArray(String[]::new);
        return inProducts(sql, ids)
                .call(() -> sql.preparedQuery("""
                        update stock set reserved = greatest(reserved - i.quantity, 0)
                        from (select product_id, sum(quantity)::int as quantity from reservation_item where reservation_id = any($1)
                        group by product_id) i where i.product_id = stock.product_id""").execute(Tuple.tuple().addValue(ids)))
                .call(products -> level(sql, products))
                .chain(() -> sql.preparedQuery("""
                        with given_up as (delete from attempt where reservation_id = any($1))
                        update reservation set state = $2, idempotency_key = null where id = any($1)""")
                        .execute(Tuple.tuple().addValue(ids).addString(state)))
                .replaceWithVoid();
    }

    /** Locks the stock of all products of these reservations, and returns the products. */
    private static Uni<List<Integer>> inProducts(SqlConnection sql, String[] reservations) {
        return sql.preparedQuery("""
                select product_id from stock
                where product_id in (select product_id from reservation_item where reservation_id = any($1))
                order by product_id for update""")
                .execute(Tuple.tuple().addValue(reservations)).map(rows -> {
                    var products = new ArrayList<Integer>();
                    rows.forEach(row -> products.add(row.getInteger(0)));
                    return products;
                });
    }

    /**
     * Sells an order's items, once. Reserved pieces are sold first; missing ones are taken from the free stock.
     *
     * @return how many pieces were not in stock; also 0 if the order was already sold
     */
    Uni<Integer> sell(Sale sale) {
        return database.inTransaction(sql -> sql
                .preparedQuery("insert into sale (order_id, event_id) values ($1, $2) on conflict do nothing")
                .execute(Tuple.of(sale.orderId(), sale.eventId()))
                .flatMap(
                        rows -> rows.rowCount() == 0 ? Uni.createFrom().item(0) : claim(sql, sale).flatMap(held -> take(sql, sale, held))));
    }

    /** Marks the order's reservations as sold, and returns how many pieces of each product they held. */
    private static Uni<Map<Integer, Integer>> claim(SqlConnection sql, Sale sale) {
        return sql.preparedQuery("""
                with held as (select id from reservation where id = any($1) and state = 'held' order by id for update),
                over as (delete from attempt where reservation_id in (select id from held)),
                sold as (update reservation set state = 'sold', order_id = $2 where id in (select id from held))
                select product_id, sum(quantity)::int from reservation_item where reservation_id in (select id from held)
                group by product_id""")
                .execute(Tuple.of(sale.reservations().toArray(String[]::new), sale.orderId())).map(rows -> {
                    var pieces = new TreeMap<Integer, Integer>();
                    rows.forEach(row -> pieces.put(row.getInteger(0), row.getInteger(1)));
                    return pieces;
                });
    }

    private Uni<Integer> take(SqlConnection sql, Sale sale, Map<Integer, Integer> held) {
        // Include products that were held but not bought (their hold is released), and products bought without a hold.
        var bought = new TreeMap<Integer, Integer>();
        held.keySet().forEach(product -> bought.put(product, 0));
        bought.putAll(sale.items().pieces());
        var wanted = new ProductQuantities(bought);
        return sql
                .preparedQuery("select product_id, quantity, reserved from stock where product_id = any($1) order by product_id for update")
                .execute(Tuple.tuple().addValue(wanted.products())).flatMap(rows -> {
                    var there = new HashMap<Integer, Integer>();
                    rows.forEach(row -> there.put(row.getInteger(0),
                            forSale(row.getInteger(1), row.getInteger(2), held.getOrDefault(row.getInteger(0), 0))));
                    var sold = bought.entrySet().stream().map(item -> Math.min(item.getValue(), there.getOrDefault(item.getKey(), 0)))
                            .toArray(Integer[]::new);
                    var reserved = bought.keySet().stream().map(product -> held.getOrDefault(product, 0)).toArray(Integer[]::new);
                    return sql.preparedQuery("""
                            with sold as (
                                select * from unnest($2::int[], $3::int[], $4::int[], $5::int[]) as s (product_id, pieces, sold, held)),
                            items as (
                                insert into sale_item (order_id, product_id, quantity, short)
                                select $1, product_id, pieces, pieces - sold from sold where pieces > 0)
                            update stock set quantity = quantity - sold.sold, reserved = greatest(reserved - sold.held, 0)
                            from sold where sold.product_id = stock.product_id
                            returning stock.product_id, %s""".formatted(UNEVEN.formatted("$6")))
                            .execute(Tuple.tuple().addUUID(sale.orderId()).addValue(wanted.products()).addValue(wanted.counts())
                                    .addValue(sold).addValue(reserved).addDouble(low()))
                            .chain(changed -> levelUneven(sql, uneven(changed)))
                            .replaceWith(sum(wanted.counts()) - sum(sold));
                });
    }

    private static int sum(Integer... numbers) {
        return Arrays.stream(numbers).mapToInt(Integer::intValue).sum();
    }

    /** Returns the pieces that are free or held by this sale. If updates were lost, it holds more pieces than are counted as reserved. */
    private static int forSale(int quantity, int reserved, int held) {
        var uncounted = Math.max(held - reserved, 0);
        OVERSOLD.increment(uncounted);
        return quantity - reserved + held - uncounted;
    }

    private Uni<Void> levelUneven(SqlConnection sql, Map<Integer, Boolean> uneven) {
        var products = uneven.keySet().stream().filter(uneven::get).toList();
        return products.isEmpty() ? DONE : level(sql, products);
    }

    private double low() {
        return restock ? LOW : 0;
    }

    /**
     * Refills products that run low to their initial quantity. If a refill was caused by a reservation that is released later, the
     * surplus is removed again, so no more than the initial quantity is ever available.
     */
    private Uni<Void> level(SqlConnection sql, Collection<Integer> products) {
        return sql.preparedQuery("""
                update stock set quantity = reserved + initial_quantity, restocked = restocked + reserved + initial_quantity - quantity
                where product_id = any($1) and %s""".formatted(UNEVEN.formatted("$2")))
                .execute(Tuple.of(products.toArray(Integer[]::new), low())).replaceWithVoid();
    }

    /**
     * Removes old sales, and old reservations that are no longer held. The column {@code sold_earlier} keeps count of the pieces of
     * removed sales.
     *
     * @return the larger of the two counts, at most {@link Retention#BATCH}
     */
    Uni<Integer> removeOlderThan(OffsetDateTime time) {
        return removeSales(time).flatMap(sales -> removeReservations(time).map(reservations -> Math.max(sales, reservations)));
    }

    private Uni<Integer> removeSales(OffsetDateTime time) {
        return database.inTransaction(sql -> sql
                .preparedQuery("select order_id from sale where sold_at < $1 order by sold_at limit $2 for update skip locked")
                .execute(Tuple.of(time, Retention.BATCH)).flatMap(rows -> {
                    var ids = new ArrayList<UUID>();
                    rows.forEach(row -> ids.add(row.getUUID(0)));
                    var old = ids.toArray(UUID[]::new);
                    return sql.preparedQuery("""
                            select from stock where product_id in (select product_id from sale_item where order_id = any($1))
                            order by product_id for update""").execute(Tuple.tuple().addValue(old))
                            .chain(() -> sql.preparedQuery(
                                    """
                                            with removed as (
                                                delete from sale_item where order_id = any($1) returning product_id, quantity - short as pieces),
                                            sold as (select product_id, sum(pieces) as pieces from removed group by product_id)
                                            update stock set sold_earlier = sold_earlier + sold.pieces from sold
                                            where sold.product_id = stock.product_id""")
                                    .execute(Tuple.tuple().addValue(old)))
                            .chain(() -> sql.preparedQuery("delete from sale where order_id = any($1)")
                                    .execute(Tuple.tuple().addValue(old)))
                            .replaceWith(old.length);
                }));
    }

    private Uni<Integer> removeReservations(OffsetDateTime time) {
        return database.inTransaction(sql -> sql.preparedQuery("""
                select id from reservation where created_at < $1 and state <> 'held' order by created_at limit $2 for update skip locked""")
                .execute(Tuple.of(time, Retention.BATCH)).flatMap(rows -> {
                    var ids = new ArrayList<String>();
                    rows.forEach(row -> ids.add(row.getString(0)));
                    var old = ids.toArray(String[]::new);
                    return sql.preparedQuery("delete from reservation_item where reservation_id = any($1)")
                            .execute(Tuple.tuple().addValue(old))
                            .chain(() -> sql.preparedQuery("delete from reservation where id = any($1)")
                                    .execute(Tuple.tuple().addValue(old)))
                            .replaceWith(old.length);
                }));
    }
}
