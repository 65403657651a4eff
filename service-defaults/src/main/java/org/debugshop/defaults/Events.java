package org.debugshop.defaults;

import io.opentelemetry.api.GlobalOpenTelemetry;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Sending and processing records of Kafka, within the trace that they belong to: W3C context in the record's headers, spans after the
 * semantic conventions for messaging (OpenTelemetry, "Messaging spans", "Kafka").
 */
public final class Events {

    /** Why a record was put aside. */
    static final AttributeKey<String> FAILURE = AttributeKey.stringKey("shop.event.failure");

    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.type");
    private static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");
    private static final AttributeKey<String> GROUP = AttributeKey.stringKey("messaging.consumer.group.name");
    private static final AttributeKey<String> PARTITION = AttributeKey.stringKey("messaging.destination.partition.id");
    private static final AttributeKey<String> KEY = AttributeKey.stringKey("messaging.kafka.message.key");
    private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");

    private static final Duration FIRST_DELAY = Duration.ofMillis(200);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);

    /** A record that nobody can ever process; the message, without personal data, goes to the dead-letter topic as its reason. */
    public static final class Poison extends RuntimeException {
        private static final long serialVersionUID = 1;

        public Poison(String reason) {
            super(reason);
        }
    }

    private Events() {}

    /** @return the current span's context as the headers of a record, or of a row that a record is made of later */
    public static Map<String, String> currentContext() {
        var carrier = new LinkedHashMap<String, String>();
        GlobalOpenTelemetry.getPropagators().getTextMapPropagator().inject(Context.current(), carrier, Map::put);
        return carrier;
    }

    /**
     * Sends a record in the trace that {@code origin} names.
     *
     * @param origin as of {@link #currentContext}
     * @param headers gets the context of the new span
     * @param send its failure becomes that of the span
     */
    public static Uni<Void> send(String topic, String key, Map<String, String> origin, Headers headers, Supplier<Uni<Void>> send) {
        var propagator = GlobalOpenTelemetry.getPropagators().getTextMapPropagator();
        var span = span("send", topic, SpanKind.PRODUCER, propagator.extract(Context.root(), origin, MAP)).setAttribute(KEY, key)
                .startSpan();
        propagator.inject(Context.root().with(span), headers, (all, name, value) -> all.add(name, value.getBytes(StandardCharsets.UTF_8)));
        return Uni.createFrom().deferred(send::get)
                .onFailure().invoke(failure -> span.setStatus(StatusCode.ERROR, "The broker did not take it"))
                .onTermination().invoke(() -> span.end());
    }

    /**
     * Processes a record, once more after a while for as long as an engine is away: an {@link HttpError} of 503. Any other failure puts
     * the record aside, which the span and a log record tell.
     *
     * @param work is subscribed to within the record's span
     */
    public static Uni<Void> process(ConsumerRecord<String, String> message, String group, Supplier<Uni<Void>> work) {
        var parent = GlobalOpenTelemetry.getPropagators().getTextMapPropagator().extract(Context.root(), message.headers(), HEADERS);
        var span = span("process", message.topic(), SpanKind.CONSUMER, parent)
                .setAttribute(GROUP, group)
                .setAttribute(PARTITION, Integer.toString(message.partition()))
                .setAttribute(OFFSET, message.offset())
                .startSpan();
        if (message.key() != null) {
            span.setAttribute(KEY, message.key());
        }
        var scope = parent.with(span).makeCurrent();
        return Uni.createFrom().deferred(work::get)
                .onFailure(Events::isTemporary).retry().withBackOff(FIRST_DELAY, LONGEST_DELAY).indefinitely()
                .onFailure().invoke(failure -> tell(message, failure))
                .onTermination().invoke(() -> {
                    scope.close();
                    span.end();
                });
    }

    private static boolean isTemporary(Throwable failure) {
        return failure instanceof HttpError told && told.status() == 503;
    }

    private static void tell(ConsumerRecord<String, String> message, Throwable failure) {
        var reason = failure instanceof Poison ? failure.getMessage() : "It could not be processed: " + failure.getClass().getSimpleName();
        Failure.startsHere("poison", FAILURE, reason);
        try (var _ = LogFields.of(FAILURE, reason)) {
            var text = "Put a record of %s aside: %s (partition %d, offset %d)".formatted(message.topic(), reason, message.partition(),
                    message.offset());
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
