package org.debugshop.inventory;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * Reserves pieces as one would at first: it reads the stock, decides, and writes the new number. Two reservations at the same time read the
 * same number, and one of them is forgotten. {@link Warehouse} has the condition and the sum in the statement that writes.
 */
@Singleton
class ReadThenWrite {

    private final Vertx vertx;
    private final DoubleSupplier thinking;

    @Inject
    ReadThenWrite(Vertx vertx, Faults faults) {
        this(vertx, faults.readThenWrite()::strength);
    }

    /** @param thinking the time between reading and writing, in milliseconds; 0 if this is not used */
    ReadThenWrite(Vertx vertx, DoubleSupplier thinking) {
        this.vertx = vertx;
        this.thinking = thinking;
    }

    boolean isUsed() {
        return thinking.getAsDouble() > 0;
    }

    /**
     * Reserves all of these.
     *
     * @param refusal is called with the first product of which there is not enough
     */
    Uni<Void> take(SqlConnection sql, ProductQuantities items, IntFunction<Uni<Void>> refusal) {
        return reserved(sql, items)
                .call(this::think)
                .flatMap(reserved -> Multi.createFrom().iterable(items.pieces().entrySet()).onItem()
                        .transformToUniAndConcatenate(item -> sql
                                .preparedQuery("update stock set reserved = $2 where product_id = $1 and $2 <= quantity")
                                .execute(Tuple.of(item.getKey(), reserved.get(item.getKey()) + item.getValue()))
                                .flatMap(rows -> rows.rowCount() == 1 ? Uni.createFrom().<Void>nullItem() : refusal.apply(item.getKey())))
                        .collect().last());
    }

    private static Uni<Map<Integer, Integer>> reserved(SqlConnection sql, ProductQuantities items) {
        return sql.preparedQuery("select product_id, reserved from stock where product_id = any($1)")
                .execute(Tuple.tuple().addValue(items.pieces().keySet().toArray(Integer[]::new)))
                .map(rows -> rows.stream().collect(Collectors.toMap(row -> row.getInteger(0), row -> row.getInteger(1))));
    }

    /** Waits on the context of the request, so that what follows still belongs to its trace. */
    private Uni<Void> think() {
        var milliseconds = Math.max(1, (long) thinking.getAsDouble());
        return Uni.createFrom().emitter(emitter -> vertx.setTimer(milliseconds, _ -> emitter.complete(null)));
    }
}
