package org.debugshop.payments;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/** The event that announces a payment, on the topic {@code payments} (docs/events.md). */
@RegisterForReflection
record PaymentCompleted(
        int version,
        UUID eventId,
        String type,
        UUID paymentId,
        UUID orderId,
        String userId,
        Instant time,
        BigDecimal amount,
        String currency) {

    static final String CHANNEL = "payments-completed";
    static final String TOPIC = "payments";

    private static final String TYPE = "payment-completed";
    private static final int VERSION = 1;

    static PaymentCompleted of(Payment payment, Instant time) {
        return new PaymentCompleted(VERSION, UUID.randomUUID(), TYPE, payment.id(), payment.orderId(), payment.userId(), time,
                payment.amount(), payment.currency());
    }
}
