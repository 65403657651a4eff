package org.debugshop.payments;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.debugshop.defaults.data.StorableText;
import org.debugshop.defaults.http.HttpError;

/**
 * A well-formed request to pay for an order.
 *
 * @param key the request's Idempotency-Key; empty if it has none
 * @param amount above 0
 * @param card stands for a card; empty means the one that the user has used before
 */
record PaymentRequest(String userId, Optional<String> key, UUID orderId, BigDecimal amount, Optional<String> card) {

    private static final List<String> REQUIRED = List.of("order_id", "amount");
    private static final int MAX_TEXT = 256;
    private static final BigDecimal MAX_AMOUNT = new BigDecimal("1e15");

    /**
     * Reads a request.
     *
     * @param body null or JSON null if the request had no body
     * @throws HttpError 400 for the first error that is found; 404 for an id that no order can have
     */
    static PaymentRequest of(String userId, Optional<String> key, JsonNode body) {
        if (body == null || body.isNull() || body.isMissingNode()) {
            throw HttpError.badRequest("No payment data provided");
        }
        if (!body.isObject()) {
            throw HttpError.badRequest("The payment data must be a JSON object");
        }
        StorableText.require(body);
        for (var field : REQUIRED) {
            if (!body.hasNonNull(field)) {
                throw HttpError.badRequest("Missing required field: " + field);
            }
        }
        var order = text(body, "order_id");
        var amount = amount(body.get("amount"));
        var card = body.hasNonNull("card") ? Optional.of(text(body, "card")) : Optional.<String>empty();
        return new PaymentRequest(userId, key, id(order).orElseThrow(() -> HttpError.notFound("Order not found")), amount, card);
    }

    private static String text(JsonNode body, String field) {
        var value = body.get(field);
        if (!value.isTextual() || value.textValue().isBlank() || value.textValue().length() > MAX_TEXT) {
            throw HttpError.badRequest("%s must be a text of 1 to %d characters".formatted(field, MAX_TEXT));
        }
        return value.textValue();
    }

    private static BigDecimal amount(JsonNode amount) {
        if (!amount.isNumber() || amount.decimalValue().signum() <= 0 || amount.decimalValue().compareTo(MAX_AMOUNT) >= 0) {
            throw HttpError.badRequest("amount must be a number above 0 with at most 15 digits before the point");
        }
        return amount.decimalValue();
    }

    /** Parses an id; empty if it is not a UUID in the usual form, because then nothing has it. */
    static Optional<UUID> id(String text) {
        try {
            return Optional.of(UUID.fromString(text)).filter(id -> id.toString().equals(text));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    /** Returns a description without the card. */
    @Override
    public String toString() {
        return "payment of %s for order %s of user %s".formatted(amount, orderId, userId);
    }
}
