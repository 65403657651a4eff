package org.debugshop.inventory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.debugshop.defaults.events.Events;
import org.debugshop.defaults.events.Events.Poison;
import org.debugshop.defaults.events.InterceptedEvents;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.telemetry.LogFields;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Sells the stock of each placed order, once, even if its event is delivered again (docs/events.md). */
@ApplicationScoped
public class SalesConsumer {

    static final String CHANNEL = "sales";
    static final String TOPIC = "orders";
    static final String GROUP = "inventory";

    static final AttributeKey<String> ORDER_ID = AttributeKey.stringKey("shop.order.id");
    static final AttributeKey<Long> SHORT = AttributeKey.longKey("shop.sale.short");

    private static final String TYPE = "order-placed";
    /** Version 1 had no reservations. */
    private static final int NEWEST_VERSION = 2;

    private final Warehouse warehouse;
    private final InterceptedEvents events;
    private final ObjectMapper json;
    private final Counter missing;

    SalesConsumer(Warehouse warehouse, InterceptedEvents events, ObjectMapper json, MeterRegistry registry) {
        this.warehouse = warehouse;
        this.events = events;
        this.json = json;
        this.missing = Counter.builder("shop.sale.short").description("Pieces that were sold but not in stock").register(registry);
    }

    @Incoming(CHANNEL)
    Uni<Void> read(ConsumerRecord<String, String> message, IncomingKafkaRecordMetadata<String, String> metadata) {
        return events.process(message, metadata.getHeaders(), GROUP, () -> {
            var event = Events.parse(json, message.value());
            if (!event.path("version").isInt() || event.path("version").intValue() < 1
                    || event.path("version").intValue() > NEWEST_VERSION) {
                throw new Poison("The event has an unknown version");
            }
            return TYPE.equals(event.path("type").asText()) ? sell(sale(event)) : Uni.createFrom().voidItem();
        });
    }

    private Uni<Void> sell(Warehouse.Sale sale) {
        var span = Span.current().setAttribute(ORDER_ID, sale.orderId().toString())
                .setAttribute(InventoryResource.PRODUCT_IDS, sale.items().productIds());
        return warehouse.sell(sale).invoke(pieces -> {
            if (pieces > 0) {
                missing.increment(pieces);
                span.setAttribute(SHORT, (long) pieces);
                try (var _ = LogFields.of(ORDER_ID, sale.orderId().toString()).and(SHORT, (long) pieces)) {
                    Log.warnf("An order was sold with %d pieces missing from the stock", pieces);
                }
            }
        }).replaceWithVoid();
    }

    private static Warehouse.Sale sale(JsonNode event) {
        try {
            return new Warehouse.Sale(UUID.fromString(event.path("order_id").asText()), event.path("event_id").asText(null),
                    ProductQuantities.of(event), reservations(event));
        } catch (IllegalArgumentException noId) {
            throw new Poison("The event has no valid order id");
        } catch (HttpError noItems) {
            throw new Poison("The event's items are not valid");
        }
    }

    private static List<String> reservations(JsonNode event) {
        var ids = new ArrayList<String>();
        event.path("reservations").forEach(id -> ids.add(id.asText()));
        return ids;
    }
}
