package org.debugshop.defaults.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.StringSerializer;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.routes.Routes;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Divides the records of a topic between the usual copy of a service and one that intercepts the events of a key (docs/routes.md).
 *
 * <ul>
 * <li>The copy that intercepts, which has {@code INTERCEPT_KEY}, reads with a consumer group of its own, and processes only the records
 * with its key.
 * <li>The usual copy processes all others. Those with the key it keeps in the table {@code held_event} of its database while the route is
 * live. When the route has ended, it sends them to its own group again: what the other copy has processed by then is recorded in the same
 * database, so it is not done twice, and what that copy has not processed is not lost.
 * </ul>
 */
public final class InterceptedEvents implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(1);
    /** The time from the start to the first release: by then the console has sent the routes. */
    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final int BATCH = 100;
    /** The limit for the transaction of a batch, which waits for the broker's confirmations. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration FIRST_DELAY = Duration.ofMillis(200);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

    private record Held(String group, String topic, int partition, long offset, String key, String value, String headers) {}

    private final Vertx vertx;
    private final Optional<Database> database;
    private final String service;
    private final Optional<String> ownKey;
    private final Function<Map<String, Object>, Producer<String, String>> producers;
    private final AtomicBoolean releasing = new AtomicBoolean();
    private Map<String, Object> kafka = Map.of();
    private Producer<String, String> producer;
    private boolean closed;

    /** @param database has the table {@code held_event}; empty if events are not divided */
    public InterceptedEvents(Vertx vertx, Optional<Database> database) {
        this(vertx, database, Database.applicationName(), ownKey(), KafkaProducer::new);
    }

    InterceptedEvents(Vertx vertx, Optional<Database> database, String service, Optional<String> ownKey,
            Function<Map<String, Object>, Producer<String, String>> producers) {
        this.vertx = vertx;
        this.database = database;
        this.service = service;
        this.ownKey = ownKey;
        this.producers = producers;
    }

    /** Returns the key whose events this process intercepts. */
    static Optional<String> ownKey() {
        return ConfigProvider.getConfig().getOptionalValue("shop.events.key", String.class).filter(key -> !key.isBlank());
    }

    /** Processes a record as {@link Events#process} does, if it is one for this copy. */
    public Uni<Void> process(ConsumerRecord<String, String> message, Headers deadLetter, String group, Supplier<Uni<Void>> work) {
        if (ownKey.isPresent()) {
            return Events.key(message).equals(ownKey)
                    ? Events.process(message, deadLetter, group, work)
                    : Uni.createFrom().voidItem();
        }
        var key = database.isPresent() && Routes.live().isPresent() && Events.isFor(group, message)
                ? Events.key(message).filter(this::isIntercepted)
                : Optional.<String>empty();
        return key.isEmpty() ? Events.process(message, deadLetter, group, work) : hold(message, group, key.get());
    }

    private boolean isIntercepted(String key) {
        return Routes.live().filter(routes -> routes.eventKeys(service).contains(key)).isPresent();
    }

    /** The records behind it wait until it is stored, as they wait until a record is processed. */
    private Uni<Void> hold(ConsumerRecord<String, String> message, String group, String key) {
        var headers = new LinkedHashMap<String, String>();
        message.headers().forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        var row = Tuple.tuple().addString(group).addString(message.topic()).addInteger(message.partition()).addLong(message.offset())
                .addString(key).addString(message.key()).addString(message.value()).addString(write(headers));
        return Uni.createFrom().deferred(() -> database.orElseThrow().with(sql -> sql.preparedQuery("""
                insert into held_event (consumer_group, topic, partition, position, intercept_key, record_key, value, headers)
                values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing""").execute(row)))
                .onFailure().retry().withBackOff(FIRST_DELAY, LONGEST_DELAY).indefinitely().replaceWithVoid();
    }

    /** Starts to release what is held, as long as {@code vertx} runs. @param connection how to connect to the broker */
    public synchronized void start(Map<String, Object> connection) {
        if (database.isEmpty() || ownKey.isPresent()) {
            return;
        }
        kafka = connection;
        vertx.setTimer(FIRST.toMillis(), _ -> {
            look();
            vertx.setPeriodic(PERIOD.toMillis(), _ -> look());
        });
    }

    private void look() {
        if (database.orElseThrow().prepared() && releasing.compareAndSet(false, true)) {
            release().onTermination().invoke(() -> releasing.set(false)).subscribe().with(count -> {
                if (count > 0) {
                    Log.infof("Took over %d events, because they are no longer intercepted", count);
                }
            }, failure -> Log.debug("Events that were intercepted could not be taken over", failure));
        }
    }

    /** Sends all events again that are not intercepted any longer. Returns how many. */
    Uni<Long> release() {
        return Uni.createFrom().deferred(() -> {
            var live = Routes.live().map(routes -> routes.eventKeys(service)).orElse(Set.of()).toArray(String[]::new);
            return database.orElseThrow().inTransaction(PATIENCE, sql -> batch(sql, live));
        }).repeat().whilst(count -> count == BATCH).collect().with(Collectors.summingLong(Integer::longValue));
    }

    private Uni<Integer> batch(SqlConnection sql, String[] liveKeys) {
        return sql.preparedQuery("""
                delete from held_event where (consumer_group, topic, partition, position) in (
                    select consumer_group, topic, partition, position from held_event where intercept_key <> all($1)
                    order by topic, partition, position limit %d for update skip locked)
                returning consumer_group, topic, partition, position, record_key, value, headers""".formatted(BATCH))
                .execute(Tuple.tuple().addValue(liveKeys)).flatMap(rows -> {
                    var events = new ArrayList<Held>();
                    rows.forEach(row -> events.add(new Held(row.getString(0), row.getString(1), row.getInteger(2), row.getLong(3),
                            row.getString(4), row.getString(5), row.getString(6))));
                    events.sort(Comparator.comparingLong(Held::offset));
                    return Multi.createFrom().iterable(events).onItem().transformToUniAndConcatenate(this::send).collect().last()
                            .replaceWith(events.size());
                });
    }

    /** Sends an event to the topic again, for this group only. Its producer may block while it connects. */
    private Uni<Void> send(Held event) {
        var record = new ProducerRecord<>(event.topic, event.partition, event.key, event.value);
        read(event.headers).forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        record.headers().remove(Events.REPLAY_GROUP).add(Events.REPLAY_GROUP, event.group.getBytes(StandardCharsets.UTF_8));
        return Uni.createFrom().<Void>emitter(emitter -> producer().send(record, (_, failure) -> {
            if (failure == null) {
                emitter.complete(null);
            } else {
                emitter.fail(failure);
            }
        })).runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private synchronized Producer<String, String> producer() {
        if (closed) {
            throw new IllegalStateException("The service stops");
        }
        if (producer == null) {
            var settings = new LinkedHashMap<>(kafka);
            settings.putAll(Map.of(
                    ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class,
                    ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class,
                    ProducerConfig.ACKS_CONFIG, "all",
                    ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000,
                    ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 1_500,
                    ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2_000,
                    ProducerConfig.LINGER_MS_CONFIG, 0,
                    ProducerConfig.BUFFER_MEMORY_CONFIG, 4L * 1024 * 1024));
            producer = producers.apply(settings);
        }
        return producer;
    }

    private static Map<String, String> read(String headers) {
        try {
            return JSON.readValue(headers, HEADERS);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String write(Map<String, String> headers) {
        try {
            return JSON.writeValueAsString(headers);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }
}
