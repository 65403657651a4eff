package org.debugshop.inventory;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.debugshop.defaults.http.HttpError;

/**
 * Quantities by product, in the order of the product ids. Transactions that lock rows in this order can't deadlock.
 *
 * @param pieces at least 1 of each product
 */
record ProductQuantities(SortedMap<Integer, Integer> pieces) {

    private static final int MAX_ITEMS = 100;
    private static final int MAX_QUANTITY = 1000;

    /**
     * Reads a request or an event: an object with a product and a quantity, or with a list of such objects.
     *
     * @throws HttpError 400 if it is neither
     */
    static ProductQuantities of(JsonNode body) {
        if (body == null || !body.isObject()) {
            throw invalid();
        }
        var pieces = new TreeMap<Integer, Integer>();
        if (body.has("items")) {
            var items = body.get("items");
            if (!items.isArray() || items.isEmpty() || items.size() > MAX_ITEMS) {
                throw invalid();
            }
            items.forEach(item -> pieces.merge(productId(item), quantity(item), Integer::sum));
        } else {
            pieces.put(productId(body), quantity(body));
        }
        return new ProductQuantities(pieces);
    }

    /** Reads a product id, which is a text in this service's requests (docs/http.md) and a number in events. */
    private static int productId(JsonNode item) {
        var id = item.path("product_id");
        return parse(id.isTextual() || id.isIntegralNumber() ? id.asText() : "");
    }

    /** @throws HttpError 400 unless it is an integer from 1 to 2147483647 */
    static int parse(String productId) {
        if (productId.length() <= 10 && productId.matches("[1-9][0-9]*") && Long.parseLong(productId) <= Integer.MAX_VALUE) {
            return Integer.parseInt(productId);
        }
        throw invalid();
    }

    private static int quantity(JsonNode item) {
        var quantity = item.path("quantity");
        if (!quantity.isIntegralNumber() || !quantity.canConvertToInt() || quantity.intValue() < 1 || quantity.intValue() > MAX_QUANTITY) {
            throw invalid();
        }
        return quantity.intValue();
    }

    static HttpError invalid() {
        return HttpError.badRequest("Invalid request");
    }

    List<Long> productIds() {
        return pieces.keySet().stream().map(Integer::longValue).toList();
    }

    /** Returns the ids of the products, as the parameter of a statement. */
    Integer[] products() {
        return pieces.keySet().toArray(Integer[]::new);
    }

    /** Returns the number of pieces of each of the {@link #products}. */
    Integer[] counts() {
        return pieces.values().toArray(Integer[]::new);
    }

    /** Returns a text that is equal for equal quantities of the same products. */
    String fingerprint() {
        return pieces.toString();
    }
}
