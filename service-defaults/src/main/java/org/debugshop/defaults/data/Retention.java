package org.debugshop.defaults.data;

import io.quarkus.logging.Log;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Removes records that are older than {@code ORDER_RETENTION}, so that the database doesn't grow for ever. It works in batches,
 * each in its own transaction, and continues at once while batches are full.
 */
public final class Retention {

    /** The maximum number of rows in a batch, small enough for the statement timeout. */
    public static final int BATCH = 500;

    /** The minimum retention, because a repeated request must find its order for this long (docs/orders.md). */
    private static final Duration LEAST = Duration.ofHours(24);
    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final Database database;
    private final Duration keep;
    private final Function<OffsetDateTime, Uni<Integer>> batch;
    private final AtomicBoolean working = new AtomicBoolean();

    private Retention(Database database, Duration keep, Function<OffsetDateTime, Uni<Integer>> batch) {
        this.database = database;
        this.keep = keep;
        this.batch = batch;
    }

    /**
     * Removes old rows once a minute, as long as {@code vertx} runs.
     *
     * @param batch removes at most {@value #BATCH} records that are older than the given time, and returns how many it removed
     * @throws IllegalArgumentException if {@code ORDER_RETENTION} is below 24 hours
     */
    public static void start(Vertx vertx, Database database, Function<OffsetDateTime, Uni<Integer>> batch) {
        var retention = new Retention(database, ofEnvironment(), batch);
        vertx.setPeriodic(PERIOD.toMillis(), _ -> retention.work());
    }

    /** @throws IllegalArgumentException if it is below 24 hours */
    static Duration atLeastADay(Duration keep) {
        if (keep.compareTo(LEAST) < 0) {
            throw new IllegalArgumentException("ORDER_RETENTION must be at least 24h, not " + keep);
        }
        return keep;
    }

    private static Duration ofEnvironment() {
        return atLeastADay(ConfigProvider.getConfig().getValue("shop.order.retention", Duration.class));
    }

    private void work() {
        if (database.prepared() && working.compareAndSet(false, true)) {
            removeAll(batch, OffsetDateTime.now(ZoneOffset.UTC).minus(keep))
                    .onTermination().invoke(() -> working.set(false))
                    .subscribe().with(count -> {
                        if (count > 0) {
                            Log.infof("Removed %d records older than %s", count, keep);
                        }
                    }, failure -> Log.warnf("Cannot remove old records: %s", failure.getMessage()));
        }
    }

    /** Runs batches until one is not full. @return how many records were removed */
    static Uni<Long> removeAll(Function<OffsetDateTime, Uni<Integer>> batch, OffsetDateTime before) {
        return Uni.createFrom().deferred(() -> batch.apply(before)).repeat().whilst(removed -> removed == BATCH)
                .collect().with(Collectors.summingLong(Integer::longValue));
    }
}
