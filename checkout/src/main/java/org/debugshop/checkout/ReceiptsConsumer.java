package org.debugshop.checkout;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.trace.Span;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.debugshop.defaults.events.Events;
import org.debugshop.defaults.events.Events.Poison;
import org.debugshop.defaults.events.InterceptedEvents;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Writes the receipt of each placed order, once, even if its event is delivered again. */
@ApplicationScoped
public class ReceiptsConsumer {

    static final String CHANNEL = "receipts";
    static final String GROUP = "receipts";

    private final OrderStore orders;
    private final ReceiptPrinter printer;
    private final UnreadableRecords unreadable;
    private final ReceiptAnnouncements announcements;
    private final InterceptedEvents events;
    private final ObjectMapper json;
    private final Timer delay;

    ReceiptsConsumer(OrderStore orders, ReceiptPrinter printer, UnreadableRecords unreadable, ReceiptAnnouncements announcements,
            InterceptedEvents events, ObjectMapper json, MeterRegistry registry) {
        this.orders = orders;
        this.printer = printer;
        this.unreadable = unreadable;
        this.announcements = announcements;
        this.events = events;
        this.json = json;
        this.delay = Timer.builder("shop.receipt.delay").description("The time from an order to its receipt").register(registry);
    }

    @Incoming(CHANNEL)
    Uni<Void> read(ConsumerRecord<String, String> message, IncomingKafkaRecordMetadata<String, String> metadata) {
        return events.process(message, metadata.getHeaders(), GROUP, () -> unreadable.handle(message, () -> process(message)
                .invoke(() -> announcements.written(message))));
    }

    private Uni<Void> process(ConsumerRecord<String, String> message) {
        var event = Events.parse(json, message.value());
        var id = OrderPlaced.orderId(event);
        Span.current().setAttribute(CheckoutResource.ORDER_ID, id)
                .setAttribute(CheckoutResource.PRODUCT_IDS, OrderPlaced.productIds(event));
        return OrderPlaced.TYPE.equals(event.path("type").asText()) ? write(id) : Uni.createFrom().voidItem();
    }

    private Uni<Void> write(String id) {
        // An order is always stored before its event is sent.
        return orders.find(id).map(found -> found.orElseThrow(() -> new Poison("The order does not exist")))
                .flatMap(order -> order.receipt() == null ? write(order) : Uni.createFrom().voidItem());
    }

    private Uni<Void> write(Order order) {
        return printer.print(order).flatMap(receipt -> orders.write(order.orderId(), receipt))
                .invoke(() -> delay.record(Duration.between(order.timestamp(), Instant.now())));
    }
}
