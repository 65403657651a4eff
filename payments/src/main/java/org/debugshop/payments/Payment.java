package org.debugshop.payments;

import java.math.BigDecimal;
import java.util.UUID;

/**
 * The payment of an order. An order is paid as a whole.
 *
 * @param amount the order's total, in {@code currency}, with two decimals
 * @param status {@code paid}, or {@code refunded} if the order was paid by another payment
 */
record Payment(UUID id, String userId, UUID orderId, BigDecimal amount, String currency, String status) {

    Payment(UUID id, String userId, UUID orderId, BigDecimal amount, String currency) {
        this(id, userId, orderId, amount, currency, "paid");
    }
}
