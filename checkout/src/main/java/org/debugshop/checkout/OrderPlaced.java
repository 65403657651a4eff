package org.debugshop.checkout;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.debugshop.defaults.events.Events.Poison;

/**
 * The event that announces an order, on the topic {@code orders} (docs/events.md).
 *
 * @param version 2; version 1 had no reservations
 * @param reservations the reservations that the order takes
 */
@RegisterForReflection
record OrderPlaced(
        int version,
        String eventId,
        String type,
        String orderId,
        String userId,
        Instant time,
        String currency,
        BigDecimal total,
        List<OrderRequest.Item> items,
        List<String> reservations) {

    static final String CHANNEL = "orders-placed";
    static final String TOPIC = "orders";
    static final String TYPE = "order-placed";
    static final int VERSION = 2;

    private static final int MAX_IDS = 100;

    static OrderPlaced of(Order order, List<String> reservations) {
        return new OrderPlaced(VERSION, UUID.randomUUID().toString(), TYPE, order.orderId(), order.userId(), order.timestamp(),
                order.userCurrency(),
                order.total(), order.products().stream().map(line -> new OrderRequest.Item(line.id(), line.quantity())).toList(),
                reservations);
    }

    /** Reads the ids of the products, as far as the event has them. */
    static List<Long> productIds(JsonNode event) {
        return StreamSupport.stream(event.path("items").spliterator(), false).limit(MAX_IDS).map(item -> item.path("product_id"))
                .filter(JsonNode::isIntegralNumber).map(JsonNode::longValue).distinct().sorted().toList();
    }

    /**
     * Reads the order's id, which is all that a receipt needs from the event.
     *
     * @return the id of the order that was placed
     * @throws Poison if this isn't such an event, or its version is unknown
     */
    static String orderId(JsonNode event) {
        if (!event.path("version").isInt() || event.path("version").intValue() < 1 || event.path("version").intValue() > VERSION) {
            throw new Poison("The event has an unknown version");
        }
        if (!event.path("order_id").isTextual()) {
            throw new Poison("The event has no valid order id");
        }
        return event.path("order_id").textValue();
    }
}
