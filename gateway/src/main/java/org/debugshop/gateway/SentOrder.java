package org.debugshop.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.debugshop.defaults.data.StorableText;

/** An order as a caller sent it, possibly unreadable. The gateway leaves it to checkout to refuse what it can't read. */
final class SentOrder {

    /** The most product ids of {@link #ofProducts}. */
    static final int MAX_PRODUCTS = 100;

    private static final String RESERVATIONS = "reservations";
    private static final int MAX_ITEMS = 100;
    private static final int MAX_QUANTITY = 1000;

    private final ObjectMapper json;
    private final byte[] body;
    /** The order; empty if the body isn't a JSON object. Never modified. */
    private final Optional<ObjectNode> order;
    private final Optional<Map<Integer, Integer>> pieces;

    private SentOrder(ObjectMapper json, byte[] body, Optional<ObjectNode> order, Optional<Map<Integer, Integer>> pieces) {
        this.json = json;
        this.body = body;
        this.order = order;
        this.pieces = pieces;
    }

    /** @throws org.debugshop.defaults.http.HttpError 400 if it contains a text that can't be stored; see {@link StorableText} */
    static SentOrder read(ObjectMapper json, byte[] body) {
        var order = parse(json, body);
        // Checked before anything is reserved, because checkout refuses such texts too.
        order.ifPresent(StorableText::require);
        return new SentOrder(json, body, order, order.flatMap(SentOrder::pieces));
    }

    /**
     * Returns an order of one piece for each of these ids.
     *
     * @param productIds 1 to {@link #MAX_PRODUCTS} positive ids; an id may be repeated
     */
    static SentOrder ofProducts(ObjectMapper json, String userId, String currency, List<Integer> productIds) {
        var order = json.createObjectNode().put("user_id", userId).put("currency", currency);
        var ids = order.putArray("product_ids");
        SortedMap<Integer, Integer> pieces = new TreeMap<>();
        productIds.forEach(id -> {
            ids.add(id);
            pieces.merge(id, 1, Integer::sum);
        });
        return new SentOrder(json, write(json, order), Optional.of(order), Optional.of(pieces));
    }

    /** Returns the same order with this user; an order that isn't a JSON object stays as it is. */
    SentOrder placedBy(String userId) {
        return order.map(sent -> {
            var owned = sent.deepCopy().put("user_id", userId);
            return new SentOrder(json, write(json, owned), Optional.of(owned), pieces);
        }).orElse(this);
    }

    private static Optional<ObjectNode> parse(ObjectMapper json, byte[] body) {
        try {
            return json.readTree(body) instanceof ObjectNode order ? Optional.of(order) : Optional.empty();
        } catch (IOException notJson) {
            return Optional.empty();
        }
    }

    /**
     * Returns the body without reservations. Callers can't choose a reservation: an order only takes the one that the gateway made
     * for it.
     */
    byte[] withoutReservation() {
        return order.filter(sent -> sent.has(RESERVATIONS)).map(sent -> write(json, sent.deepCopy().without(RESERVATIONS))).orElse(body);
    }

    /** Returns the body with only this reservation. Requires that {@link #pieces} isn't empty. */
    byte[] with(String reservation) {
        var reserved = order.orElseThrow().deepCopy();
        reserved.putArray(RESERVATIONS).add(reservation);
        return write(json, reserved);
    }

    /** Returns how many pieces are ordered of each product; empty if there are no items or some can't be read. */
    Optional<Map<Integer, Integer>> pieces() {
        return pieces;
    }

    private static Optional<Map<Integer, Integer>> pieces(ObjectNode order) {
        var items = order.path("items");
        if (items.size() > MAX_ITEMS) {
            return Optional.empty();
        }
        SortedMap<Integer, Integer> pieces = new TreeMap<>();
        for (var item : items) {
            if (!isFrom1To(Integer.MAX_VALUE, item.path("product_id")) || !isFrom1To(MAX_QUANTITY, item.path("quantity"))) {
                return Optional.empty();
            }
            pieces.merge(item.get("product_id").intValue(), item.get("quantity").intValue(), Integer::sum);
        }
        return pieces.isEmpty() ? Optional.empty() : Optional.of(pieces);
    }

    private static boolean isFrom1To(int most, JsonNode number) {
        return number.isIntegralNumber() && number.canConvertToInt() && number.intValue() >= 1 && number.intValue() <= most;
    }

    private static byte[] write(ObjectMapper json, JsonNode order) {
        try {
            return json.writeValueAsBytes(order);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
