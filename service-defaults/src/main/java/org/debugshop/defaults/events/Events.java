package org.debugshop.defaults.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.routes.RouteBaggage;
import org.debugshop.defaults.telemetry.Failure;
import org.debugshop.defaults.telemetry.LogFields;

/**
 * Sends and processes Kafka records within their trace. The W3C trace context is in the record's headers, and the spans follow the
 * semantic conventions (OpenTelemetry, "Messaging spans", "Kafka").
 */
public final class Events {

    /** Why a record became a dead letter. */
    static final AttributeKey<String> FAILURE = AttributeKey.stringKey("shop.event.failure");

    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system.name");
    /** The name before version 1.45 of the conventions, which most tools still look for. */
    private static final AttributeKey<String> OLD_SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.type");
    private static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");
    private static final AttributeKey<String> GROUP = AttributeKey.stringKey("messaging.consumer.group.name");
    private static final AttributeKey<String> PARTITION = AttributeKey.stringKey("messaging.destination.partition.id");
    private static final AttributeKey<String> KEY = AttributeKey.stringKey("kafka.message.key");
    private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("kafka.offset");

    private static final Duration FIRST_DELAY = Duration.ofMillis(200);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);
    /** The time between log records about a record that can't be processed yet. */
    private static final Duration REMINDER = Duration.ofMinutes(1);

    /** The header that names the only group that may process a replayed record; the other groups have already processed it. */
    public static final String REPLAY_GROUP = "replay-group";
    /** A header of a dead letter, in addition to those of the connector (reason, exception, origin): the group that failed. */
    static final String DEAD_LETTER_GROUP = "dead-letter-group";
    static final String DEAD_LETTER_TIME = "dead-letter-time";

    /** A record that can never be processed. The message becomes the reason of the dead letter, so it must not contain personal data. */
    public static final class Poison extends RuntimeException {
        private static final long serialVersionUID = 1;

        public Poison(String reason) {
            super(reason);
        }
    }

    private Events() {}

    /** Returns the current span's context, as headers for a record or for an outbox row. */
    public static Map<String, String> currentContext() {
        var carrier = new LinkedHashMap<String, String>();
        GlobalOpenTelemetry.getPropagators().getTextMapPropagator().inject(Context.current(), carrier, Map::put);
        return carrier;
    }

    /**
     * Sends a record within the trace of {@code origin}.
     *
     * @param origin the result of {@link #currentContext}
     * @param headers receives the context of the new span
     * @param send sends the record; its failure is recorded on the span
     */
    public static Uni<Void> send(String topic, String key, Map<String, String> origin, Headers headers, Supplier<Uni<Void>> send) {
        var propagator = GlobalOpenTelemetry.getPropagators().getTextMapPropagator();
        var parent = propagator.extract(Context.root(), origin, MAP);
        var span = span("send", topic, SpanKind.PRODUCER, parent).setAttribute(KEY, key).startSpan();
        // Not only the span: the baggage of the request goes on with the record.
        propagator.inject(parent.with(span), headers, (all, name, value) -> all.add(name, value.getBytes(StandardCharsets.UTF_8)));
        return Uni.createFrom().deferred(send::get)
                .onFailure().invoke(failure -> span.setStatus(StatusCode.ERROR, "The broker did not accept the record")
                        .setAttribute(Failure.ERROR_TYPE, failure.getClass().getName()))
                .onTermination().invoke(() -> span.end());
    }

    /** @return the JSON object that is the value of a record; fails with {@link Poison} if it is anything else */
    public static JsonNode parse(ObjectMapper json, String event) {
        try {
            var tree = event == null ? null : json.readTree(event);
            if (tree != null && tree.isObject()) {
                return tree;
            }
        } catch (JsonProcessingException unreadable) {
            // Reported below, like JSON of another kind.
        }
        throw new Poison("The event is not a JSON object");
    }

    /** Registers a consumer group's counters, so that they are 0 before the first failure. */
    public static void count(String topic, String group) {
        processed(topic, group);
        retries(topic, group);
        deadLetters(topic, group);
    }

    private static Counter processed(String topic, String group) {
        return Counter.builder("shop.events.processed").description("Records that the group has processed")
                .tag("topic", topic).tag("group", group).register(Metrics.globalRegistry);
    }

    private static Counter retries(String topic, String group) {
        return Counter.builder("shop.event.retries").description("Attempts to process a record that failed and are made again")
                .tag("topic", topic).tag("group", group).register(Metrics.globalRegistry);
    }

    private static Counter deadLetters(String topic, String group) {
        return Counter.builder("shop.dead.letters").description("Records that can never be processed and were put aside")
                .tag("topic", topic).tag("group", group).register(Metrics.globalRegistry);
    }

    /**
     * Processes a record, and retries until it succeeds. Meanwhile the records behind it wait, too. Only a record that can never be
     * processed is put aside as a dead letter: {@link Poison}, or data that the database refuses. A counter, the record's span and
     * a log record report it.
     *
     * @param deadLetter the headers that the connector copies to the dead letter; the group and the time are added
     * @param work subscribed to within the record's span
     */
    public static Uni<Void> process(ConsumerRecord<String, String> message, Headers deadLetter, String group, Supplier<Uni<Void>> work) {
        if (!isFor(group, message)) {
            return Uni.createFrom().voidItem();
        }
        var parent = GlobalOpenTelemetry.getPropagators().getTextMapPropagator().extract(Context.root(), message.headers(), HEADERS);
        var span = span("process", message.topic(), SpanKind.CONSUMER, parent)
                .setAttribute(GROUP, group)
                .setAttribute(PARTITION, Integer.toString(message.partition()))
                .setAttribute(OFFSET, message.offset())
                .startSpan();
        if (message.key() != null) {
            span.setAttribute(KEY, message.key());
        }
        var context = parent.with(span);
        var scope = context.makeCurrent();
        var waiting = new Waiting(message, group);
        // A retry starts on another thread, which has no context.
        return Uni.createFrom().deferred(() -> within(context, work))
                .onFailure(Events::canHeal).invoke(failure -> within(context, () -> waiting.note(failure)))
                .onFailure(Events::canHeal).retry().withBackOff(FIRST_DELAY, LONGEST_DELAY).indefinitely()
                .onFailure().invoke(failure -> within(context, () -> putAside(message, deadLetter, group, failure)))
                .onItem().invoke(() -> processed(message.topic(), group).increment())
                .onTermination().invoke(() -> {
                    scope.close();
                    span.end();
                });
    }

    /** Returns whether a group processes this record. */
    static boolean isFor(String group, ConsumerRecord<?, ?> message) {
        var only = HEADERS.get(message.headers(), REPLAY_GROUP);
        return only == null || only.equals(group);
    }

    /** Returns the key of the request that caused this record. */
    static Optional<String> key(ConsumerRecord<?, ?> message) {
        return RouteBaggage.key(W3CBaggagePropagator.getInstance().extract(Context.root(), message.headers(), HEADERS));
    }

    private static <T> T within(Context context, Supplier<T> work) {
        try (var _ = context.makeCurrent()) {
            return work.get();
        }
    }

    private static void within(Context context, Runnable work) {
        try (var _ = context.makeCurrent()) {
            work.run();
        }
    }

    /**
     * Only permanent failures are known. Any other failure may be temporary; even a bug may be fixed in the next version of the
     * service.
     */
    private static boolean canHeal(Throwable failure) {
        return !(failure instanceof Poison) && !Database.violatesData(failure);
    }

    /** A record that can't be processed yet. */
    private static final class Waiting {

        private final ConsumerRecord<?, ?> message;
        private final String group;
        /** The time of the next log record, by {@link System#nanoTime}; 0 before the first. */
        private long due;

        Waiting(ConsumerRecord<?, ?> message, String group) {
            this.message = message;
            this.group = group;
        }

        void note(Throwable failure) {
            retries(message.topic(), group).increment();
            if (due != 0 && System.nanoTime() < due) {
                return;
            }
            due = System.nanoTime() + REMINDER.toNanos();
            var text = "A record of %s waits, and those behind it (group %s, partition %d, offset %d)".formatted(message.topic(), group,
                    message.partition(), message.offset());
            if (failure instanceof HttpError error) {
                Log.warn(text + ": " + error.getMessage());
            } else {
                Log.error(text, failure);
            }
        }
    }

    private static void putAside(ConsumerRecord<String, String> message, Headers deadLetter, String group, Throwable failure) {
        var reason = failure instanceof Poison ? failure.getMessage() : "It could not be processed: " + failure.getMessage();
        deadLetter.add(DEAD_LETTER_GROUP, group.getBytes(StandardCharsets.UTF_8))
                .add(DEAD_LETTER_TIME, Instant.now().toString().getBytes(StandardCharsets.UTF_8));
        deadLetters(message.topic(), group).increment();
        Failure.startsHere("poison", FAILURE, reason);
        try (var _ = LogFields.of(FAILURE, reason)) {
            var text = "Put a record of %s aside: %s (group %s, partition %d, offset %d)".formatted(message.topic(), reason, group,
                    message.partition(), message.offset());
            if (failure instanceof Poison) {
                Log.warn(text);
            } else {
                Log.error(text, failure);
            }
        }
    }

    private static SpanBuilder span(String operation, String topic, SpanKind kind, Context parent) {
        return GlobalOpenTelemetry.getTracer("org.debugshop").spanBuilder(operation + " " + topic)
                .setSpanKind(kind)
                .setParent(parent)
                .setAttribute(SYSTEM, "kafka")
                .setAttribute(OLD_SYSTEM, "kafka")
                .setAttribute(DESTINATION, topic)
                .setAttribute(OPERATION, operation)
                .setAttribute(OPERATION_NAME, operation);
    }

    private static final TextMapGetter<Map<String, String>> MAP = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> carrier) {
            return carrier.keySet();
        }

        @Override
        public String get(Map<String, String> carrier, String name) {
            return carrier.get(name);
        }
    };

    private static final TextMapGetter<Headers> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Headers carrier) {
            return StreamSupport.stream(carrier.spliterator(), false).map(Header::key).toList();
        }

        @Override
        public String get(Headers carrier, String name) {
            return Optional.ofNullable(carrier.lastHeader(name)).map(header -> new String(header.value(), StandardCharsets.UTF_8))
                    .orElse(null);
        }
    };
}
