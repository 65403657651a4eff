package org.debugshop.inventory;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.SortedMap;
import java.util.TreeMap;
import org.debugshop.defaults.http.HttpError;

/**
 * Pieces by product, in the order of the product's id: whoever locks rows in this order waits for nobody who waits for them.
 *
 * @param pieces of each product at least 1
 */
record Items(SortedMap<Integer, Integer> pieces) {

    private static final int MAX_ITEMS = 100;
    private static final int MAX_QUANTITY = 1000;

    /**
     * Of a request or an event: an object with a product and a quantity, or with a list of such.
     *
     * @throws HttpError 400 when it is neither
     */
    static Items of(JsonNode body) {
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
        return new Items(pieces);
    }

    /** A product's id is a text in docs/http.md, and a number elsewhere. */
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

    /** The same for the same pieces of the same products. */
    String fingerprint() {
        return pieces.toString();
    }
}
