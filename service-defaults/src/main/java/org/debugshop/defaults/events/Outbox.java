package org.debugshop.defaults.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Context;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.debugshop.defaults.data.Database;

/**
 * The events of a service that are not in Kafka yet, in the table {@code outbox} of its database. An event is {@link #add added} in
 * the transaction of the change that it announces. The relay sends the rows to Kafka in the order in which they were written, and
 * deletes them in a transaction that is committed after Kafka has confirmed them. Only one replica does this at a time. If a commit
 * fails, its rows are sent twice, which consumers must handle.
 *
 * <p>A migration of the service makes the table: {@code id} counts up, {@code order_id} (uuid) is the key of the record, {@code event}
 * is its value and {@code context} its trace (text, both).
 */
public final class Outbox {

    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final int BATCH = 100;
    /** The key of the advisory lock that the active relay holds (PostgreSQL, "Advisory Locks"). */
    private static final int LOCK = 1;
    /** The limit for the transaction of a batch, which waits for the broker's confirmations. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> CONTEXT = new TypeReference<>() {};

    /** Sends a record to Kafka. The result completes when Kafka has it. */
    @FunctionalInterface
    public interface Sender {
        Uni<Void> send(String key, String event, Headers headers);
    }

    private record Row(long id, UUID order, String event, String context) {}

    private final Vertx vertx;
    private final Database database;
    private final String topic;
    private final Sender sender;
    private final AtomicBoolean working = new AtomicBoolean();
    private volatile boolean wanted;
    /**
     * The relay's own Vert.x context, so that its work isn't added to the trace of the request that wrote the row. Null until
     * {@link #start}.
     */
    private volatile Context context;
    private volatile boolean failing;
    private volatile double size = Double.NaN;

    /**
     * Nothing is sent before {@link #start}.
     *
     * @param topic the topic to which {@code sender} sends
     */
    public Outbox(Vertx vertx, Database database, String topic, Sender sender) {
        this.vertx = vertx;
        this.database = database;
        this.topic = topic;
        this.sender = sender;
    }

    /** Adds an event, with the trace of the current span. {@link #wake} it when the transaction is committed. */
    public static Uni<Void> add(SqlConnection sql, UUID order, String event) {
        return sql.preparedQuery("insert into outbox (order_id, event, context) values ($1, $2, $3)")
                .execute(Tuple.of(order, event, write(Events.currentContext()))).replaceWithVoid();
    }

    /** Starts to poll for rows, as long as {@code vertx} runs. A copy that intercepts events leaves this to the usual one. */
    public void start(MeterRegistry registry) {
        if (InterceptedEvents.ownKey().isPresent()) {
            return;
        }
        context = vertx.getOrCreateContext();
        Gauge.builder("shop.outbox.size", this, outbox -> outbox.size).description("Events that are not in Kafka yet").strongReference(true)
                .register(registry);
        vertx.setPeriodic(PERIOD.toMillis(), _ -> wake());
    }

    /** Wakes the relay because there may be new rows; returns at once. */
    public void wake() {
        wanted = true;
        if (context != null && database.prepared() && working.compareAndSet(false, true)) {
            wanted = false;
            context.runOnContext(this::work);
        }
    }

    private void work() {
        relay().onTermination().invoke(() -> working.set(false)).subscribe().with(sent -> {
            failing = false;
            if (wanted || sent == BATCH) {
                wake();
            }
        }, this::warn);
    }

    /** Logs the first failure of each outage only. */
    private void warn(Throwable failure) {
        if (!failing) {
            failing = true;
            var cause = failure.getCause();
            Log.warnf("Cannot relay events from the outbox: %s%s", failure.getMessage(), cause == null ? "" : ": " + cause.getMessage());
        }
    }

    private Uni<Integer> relay() {
        return database.inTransaction(PATIENCE, sql -> lock(sql).flatMap(mine -> mine ? batch(sql) : Uni.createFrom().item(0)))
                .eventually(this::count);
    }

    private static Uni<Boolean> lock(SqlConnection sql) {
        return sql.query("select pg_try_advisory_xact_lock(" + LOCK + ")").execute().map(rows -> rows.iterator().next().getBoolean(0));
    }

    /**
     * Deletes the rows before it sends them: if the database is read-only, this fails first, so Kafka doesn't get the same events
     * again and again.
     */
    private Uni<Integer> batch(SqlConnection sql) {
        return sql.query("""
                delete from outbox where id in (select id from outbox order by id limit %d) returning id, order_id, event, context"""
                .formatted(BATCH)).execute().flatMap(rows -> {
                    var batch = new ArrayList<Row>();
                    rows.forEach(row -> batch.add(new Row(row.getLong(0), row.getUUID(1), row.getString(2), row.getString(3))));
                    batch.sort(Comparator.comparingLong(Row::id));
                    return send(batch).replaceWith(batch.size());
                });
    }

    /** Sends one after the other. The first failure ends the attempt, which keeps the order and avoids a backlog in the driver. */
    private Uni<Void> send(List<Row> batch) {
        return Multi.createFrom().iterable(batch).onItem().transformToUniAndConcatenate(this::send).collect().last();
    }

    private Uni<Void> send(Row row) {
        var key = row.order().toString();
        var headers = new RecordHeaders();
        return Events.send(topic, key, context(row), headers, () -> sender.send(key, row.event(), headers));
    }

    private static Map<String, String> context(Row row) {
        try {
            return JSON.readValue(row.context(), CONTEXT);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String write(Map<String, String> context) {
        try {
            return JSON.writeValueAsString(context);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Estimates the size by two index look-ups, however long the outbox is. Unused ids (of orders that failed) are counted too. */
    private Uni<Void> count() {
        return database.with(sql -> sql.query("select coalesce(max(id) - min(id) + 1, 0) from outbox").execute())
                .invoke(rows -> size = rows.iterator().next().getLong(0)).replaceWithVoid()
                .onFailure().recoverWithNull();
    }
}
