package org.debugshop.checkout;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * An order that was placed.
 *
 * @param address null for a user who has an account
 * @param email null for a user who has an account
 * @param total the sum of the lines, in {@code userCurrency}, with two decimals
 * @param timestamp when it was placed, to the millisecond
 * @param receipt null until the receipt is written
 * @param paymentId null until the order is paid
 */
@JsonIgnoreProperties(value = "payment_status", allowGetters = true)
record Order(
        String orderId,
        String userId,
        String userCurrency,
        @JsonInclude(JsonInclude.Include.NON_NULL) OrderRequest.Address address,
        @JsonInclude(JsonInclude.Include.NON_NULL) String email,
        List<Line> products,
        BigDecimal total,
        String status,
        Instant timestamp,
        @JsonInclude(JsonInclude.Include.NON_NULL) Receipt receipt,
        @JsonInclude(JsonInclude.Include.NON_NULL) String paymentId) {

    /**
     * The receipt's checksum and size, as they appear in the order.
     *
     * @param sha256 SHA-256 of the document, in hexadecimal
     * @param size the document's size in bytes
     */
    record Receipt(String sha256, int size) {}

    /**
     * One item of an order.
     *
     * @param price the price of one piece, in {@code currency}, with two decimals
     * @param itemTotal price times quantity
     */
    record Line(int id, String name, BigDecimal price, String currency, int quantity, BigDecimal itemTotal) {

        static Line of(Product product, BigDecimal price, String currency, int quantity) {
            return new Line(product.id(), product.name(), price, currency, quantity, price.multiply(BigDecimal.valueOf(quantity)));
        }
    }

    static Order placed(String orderId, OrderRequest request, List<Line> lines, Instant now) {
        var total = lines.stream().map(Line::itemTotal).reduce(BigDecimal.ZERO, BigDecimal::add);
        return new Order(orderId, request.userId(), request.userCurrency(), request.address(), request.email(), lines, total, "PROCESSED",
                now, null, null);
    }

    /** Returns {@code paid} or {@code unpaid}. It follows from the payment's id, so it is not stored. */
    @JsonProperty("payment_status")
    public String paymentStatus() {
        return paymentId == null ? "unpaid" : "paid";
    }

    Order with(Receipt written) {
        return new Order(orderId, userId, userCurrency, address, email, products, total, status, timestamp, written, paymentId);
    }

    Order paidBy(String payment) {
        return new Order(orderId, userId, userCurrency, address, email, products, total, status, timestamp, receipt, payment);
    }
}
