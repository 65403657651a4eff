package org.debugshop.checkout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.debugshop.defaults.events.Events.Poison;
import org.debugshop.defaults.events.InterceptedEvents;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The store is a map; {@code PostgresOrdersTest} has its rules. */
class PaymentsConsumerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ORDER = "503f0049-6d2e-4f6e-9a52-0d6a1f1e2b3c";
    private static final String PAYMENT = "9c01b2f1-0a1b-4c2d-8e3f-5a6b7c8d9e0f";
    private static final String EVENT = """
            {"version":1,"event_id":"0b7f3c1e-0000-4000-8000-000000000000","type":"payment-completed","payment_id":"%s","order_id":"%s",
            "user_id":"user-1","time":"2026-11-27T10:09:37.999Z","amount":1.50,"currency":"EUR"}""";

    private final Map<String, String> paid = new HashMap<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final PaymentsConsumer consumer = new PaymentsConsumer(new Orders(), new InterceptedEvents(null, Optional.empty()),
            new ObjectMapper(), meters);

    /** Knows one order. */
    private final class Orders extends MemoryOrders {

        Orders() {
            super(new ObjectMapper());
        }

        @Override
        public Uni<Optional<String>> pay(String id, String payment) {
            return Uni.createFrom().item(id.equals(ORDER)
                    ? Optional.of(paid.merge(id, payment, (first, _) -> first))
                    : Optional.empty());
        }
    }

    @Test
    void shouldMarkTheOrderEvenIfTheEventIsDeliveredAgain() {
        var warnings = warnings(() -> {
            read(EVENT.formatted(PAYMENT, ORDER));
            read(EVENT.formatted(PAYMENT, ORDER));
        });

        assertThat(paid).containsExactly(Map.entry(ORDER, PAYMENT));
        assertThat(warnings).isEmpty();
    }

    @Test
    void shouldKeepTheFirstPaymentAndWarnOfAnother() {
        read(EVENT.formatted(PAYMENT, ORDER));

        var warnings = warnings(() -> read(EVENT.formatted(UUID.randomUUID(), ORDER)));

        assertThat(paid).containsExactly(Map.entry(ORDER, PAYMENT));
        assertThat(warnings).singleElement().asString().contains("paid twice", PAYMENT);
        assertThat(meters.get("shop.orders.paid.again").counter().count()).isEqualTo(1);
    }

    @Test
    void shouldSkipOtherTypes() {
        read("{\"version\":1,\"type\":\"payment-refunded\"}");

        assertThat(paid).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', nullValues = "nothing", value = {
            "nothing                                                                         | The event is not a JSON object",
            "no JSON                                                                         | The event is not a JSON object",
            "[]                                                                              | The event is not a JSON object",
            "{}                                                                              | The event has an unknown version",
            "{'version':2,'type':'payment-completed'}                                        | The event has an unknown version",
            "{'version':'1','type':'payment-completed'}                                      | The event has an unknown version",
            "{'version':1,'type':'payment-completed'}                                        | The event has no valid order id",
            "{'version':1,'type':'payment-completed','order_id':'1'}                         | The event has no valid order id",
            "{'version':1,'type':'payment-completed','order_id':'" + ORDER + "'}             | The event has no valid payment id",
            "{'version':1,'type':'payment-completed','order_id':'" + PAYMENT + "','payment_id':'" + PAYMENT
                    + "'} | The order does not exist"})
    void shouldPutAsideWhatCanNeverBeProcessed(String event, String reason) {
        var message = new ConsumerRecord<>("payments", 0, 7, ORDER, event == null ? null : event.replace('\'', '"'));
        var metadata = new IncomingKafkaRecordMetadata<>(message, "payments");

        assertThatThrownBy(() -> read(message, metadata)).isInstanceOf(Poison.class).hasMessage(reason);

        assertThat(metadata.getHeaders().lastHeader("dead-letter-group").value()).asString(UTF_8).isEqualTo("checkout-payments");
        assertThat(paid).isEmpty();
    }

    private void read(String event) {
        var message = new ConsumerRecord<>("payments", 0, 7, ORDER, event);
        read(message, new IncomingKafkaRecordMetadata<>(message, "payments"));
    }

    private void read(ConsumerRecord<String, String> message, IncomingKafkaRecordMetadata<String, String> metadata) {
        consumer.read(message, metadata).await().atMost(PATIENCE);
    }

    private static List<String> warnings(Runnable work) {
        var warnings = new ArrayList<String>();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                warnings.add(line.getMessage() + " " + List.of(Optional.ofNullable(line.getParameters()).orElse(new Object[0])));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        var logger = Logger.getLogger(PaymentsConsumer.class.getName());
        logger.addHandler(handler);
        try {
            work.run();
        } finally {
            logger.removeHandler(handler);
        }
        return warnings;
    }
}
