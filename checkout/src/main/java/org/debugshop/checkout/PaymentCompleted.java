package org.debugshop.checkout;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.UUID;
import org.debugshop.defaults.events.Events.Poison;

/** The part that checkout needs of the event that announces a payment, on the topic {@code payments} (docs/events.md). */
record PaymentCompleted(String orderId, String paymentId) {

    static final String TOPIC = "payments";

    private static final String TYPE = "payment-completed";
    private static final int VERSION = 1;

    /**
     * Reads an event.
     *
     * @return empty if it is of another type
     * @throws Poison if its version is unknown, or it names no order or no payment
     */
    static Optional<PaymentCompleted> of(JsonNode event) {
        if (!event.path("version").isInt() || event.path("version").intValue() != VERSION) {
            throw new Poison("The event has an unknown version");
        }
        return TYPE.equals(event.path("type").asText())
                ? Optional.of(new PaymentCompleted(id(event, "order_id", "order"), id(event, "payment_id", "payment")))
                : Optional.empty();
    }

    private static String id(JsonNode event, String field, String what) {
        try {
            return UUID.fromString(event.path(field).asText()).toString();
        } catch (IllegalArgumentException none) {
            throw new Poison("The event has no valid " + what + " id");
        }
    }
}
