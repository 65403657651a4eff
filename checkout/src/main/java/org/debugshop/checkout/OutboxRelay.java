package org.debugshop.checkout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import io.vertx.mutiny.core.Context;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.events.Events;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;

/**
 * Brings what the outbox has to Kafka, in the order in which it was written, and removes it in a transaction that is committed when
 * Kafka has it. One replica does so at a time. What was sent and not committed comes twice, which consumers expect.
 */
@Singleton
class OutboxRelay {

    static final String CHANNEL = "orders-placed";

    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final int BATCH = 100;
    /** The key of the lock that the relay at work holds (PostgreSQL, "Advisory Locks"). */
    private static final int LOCK = 1;
    /** A batch waits for the broker's answers. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final TypeReference<Map<String, String>> CONTEXT = new TypeReference<>() {};

    private record Row(long id, UUID order, String event, String context) {}

    private final Optional<Database> database;
    /** None where there is no Kafka. */
    private final Instance<MutinyEmitter<String>> emitter;
    private final ObjectMapper json;
    private final Vertx vertx;
    private final MeterRegistry registry;
    private final AtomicBoolean working = new AtomicBoolean();
    private volatile boolean wanted;
    /** Of its own, and not of the request that has written a row: the relay is no part of that trace. Null before the start. */
    private volatile Context context;
    private volatile boolean failing;
    private volatile double size = Double.NaN;

    OutboxRelay(Optional<Database> database, @Channel(CHANNEL) Instance<MutinyEmitter<String>> emitter, ObjectMapper json, Vertx vertx,
            MeterRegistry registry) {
        this.database = database;
        this.emitter = emitter;
        this.json = json;
        this.vertx = vertx;
        this.registry = registry;
    }

    /** Looks for rows from now on. */
    void start() {
        context = vertx.getOrCreateContext();
        Gauge.builder("shop.outbox.size", this, relay -> relay.size).description("Events that are not in Kafka yet").strongReference(true)
                .register(registry);
        vertx.setPeriodic(PERIOD.toMillis(), _ -> wake());
    }

    /** There may be rows; returns at once. */
    void wake() {
        wanted = true;
        if (context != null && database.orElseThrow().prepared() && working.compareAndSet(false, true)) {
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
        }, this::tell);
    }

    /** Once for each time that it begins. */
    private void tell(Throwable failure) {
        if (!failing) {
            failing = true;
            var cause = failure.getCause();
            Log.warnf("Events wait in the outbox: %s%s", failure.getMessage(), cause == null ? "" : ": " + cause.getMessage());
        }
    }

    private Uni<Integer> relay() {
        return database.orElseThrow()
                .inTransaction(PATIENCE, sql -> lock(sql).flatMap(mine -> mine ? batch(sql) : Uni.createFrom().item(0)))
                .eventually(this::count);
    }

    private static Uni<Boolean> lock(SqlConnection sql) {
        return sql.query("select pg_try_advisory_xact_lock(" + LOCK + ")").execute().map(rows -> rows.iterator().next().getBoolean(0));
    }

    /** Removes before it sends: a database that takes no changes must not make Kafka get the same events again and again. */
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

    /** One after the other: the first that the broker does not take ends the attempt, so that the order stays and nothing piles up. */
    private Uni<Void> send(List<Row> batch) {
        return Multi.createFrom().iterable(batch).onItem().transformToUniAndConcatenate(this::send).collect().last();
    }

    private Uni<Void> send(Row row) {
        var key = row.order().toString();
        var headers = new RecordHeaders();
        return Events.send(OrderPlaced.TOPIC, key, context(row), headers, () -> emitter.get().sendMessage(Message.of(row.event())
                .addMetadata(OutgoingKafkaRecordMetadata.builder().withKey(key).withHeaders(headers).build())));
    }

    private Map<String, String> context(Row row) {
        try {
            return json.readValue(row.context(), CONTEXT);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Two looks into the index, however long the outbox is; ids that were never used (an order that failed) count as well. */
    private Uni<Void> count() {
        return database.orElseThrow().with(sql -> sql.query("select coalesce(max(id) - min(id) + 1, 0) from outbox").execute())
                .invoke(rows -> size = rows.iterator().next().getLong(0)).replaceWithVoid()
                .onFailure().recoverWithNull();
    }
}
