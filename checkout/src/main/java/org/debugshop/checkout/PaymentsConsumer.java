package org.debugshop.checkout;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.debugshop.defaults.events.Events;
import org.debugshop.defaults.events.Events.Poison;
import org.debugshop.defaults.events.InterceptedEvents;
import org.debugshop.defaults.telemetry.LogFields;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Marks each order that was paid, once, even if the event is delivered again. */
@ApplicationScoped
public class PaymentsConsumer {

    static final AttributeKey<String> PAYMENT_ID = AttributeKey.stringKey("shop.payment.id");

    static final String CHANNEL = "payments";
    static final String GROUP = "checkout-payments";

    private final OrderStore orders;
    private final InterceptedEvents events;
    private final ObjectMapper json;
    private final Counter again;

    PaymentsConsumer(OrderStore orders, InterceptedEvents events, ObjectMapper json, MeterRegistry registry) {
        this.orders = orders;
        this.events = events;
        this.json = json;
        this.again = Counter.builder("shop.orders.paid.again").description("Payments of orders that had another payment already")
                .register(registry);
    }

    @Incoming(CHANNEL)
    Uni<Void> read(ConsumerRecord<String, String> message, IncomingKafkaRecordMetadata<String, String> metadata) {
        return events.process(message, metadata.getHeaders(), GROUP,
                () -> PaymentCompleted.of(Events.parse(json, message.value())).map(this::mark)
                        .orElseGet(() -> Uni.createFrom().voidItem()));
    }

    /** The first payment of an order counts: a second one would be an error of payments, which takes one for each order. */
    private Uni<Void> mark(PaymentCompleted payment) {
        Span.current().setAttribute(CheckoutResource.ORDER_ID, payment.orderId()).setAttribute(PAYMENT_ID, payment.paymentId());
        return orders.pay(payment.orderId(), payment.paymentId())
                .map(paid -> paid.orElseThrow(() -> new Poison("The order does not exist")))
                .invoke(paid -> {
                    if (!paid.equals(payment.paymentId())) {
                        again.increment();
                        try (var _ = LogFields.of(CheckoutResource.ORDER_ID, payment.orderId()).and(PAYMENT_ID, payment.paymentId())) {
                            Log.warnf("An order was paid twice. It keeps its first payment, %s", paid);
                        }
                    }
                }).replaceWithVoid();
    }
}
