package org.debugshop.checkout;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * The event that announces an order, as a later release writes it. It replaces {@link OrderPlaced} while {@link Faults#newContract} is on.
 *
 * @param id the order's id
 */
@RegisterForReflection
record OrderAnnounced(
        int version,
        String eventId,
        String type,
        String id,
        String userId,
        Instant time,
        String currency,
        BigDecimal total,
        List<OrderRequest.Item> items,
        List<String> reservations) {

    static OrderAnnounced of(OrderPlaced event) {
        return new OrderAnnounced(event.version(), event.eventId(), event.type(), event.orderId(), event.userId(), event.time(),
                event.currency(), event.total(), event.items(), event.reservations());
    }
}
