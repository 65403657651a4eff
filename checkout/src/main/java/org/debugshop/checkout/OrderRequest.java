package org.debugshop.checkout;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import org.debugshop.defaults.data.StorableText;
import org.debugshop.defaults.http.HttpError;

/**
 * A well-formed order request: of a visitor ({@link #of}), or of a user who has an account ({@link #ofUser}). Whether its products and its currency exist is checked later. The checks are written by hand because
 * the sentences of the errors are fixed (docs/http.md).
 *
 * @param address null for a user who has an account
 * @param email null for a user who has an account
 * @param items 1 to 100 items
 * @param reservations the reservations that the gateway made for this order; at most 100
 */
@RegisterForReflection // the fingerprint is made of its JSON
record OrderRequest(String userId, String userCurrency, Address address, String email, List<Item> items, List<String> reservations) {

    /** An address. All members are optional, and null if they are absent. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Address(String street, String city, String state, String country, String zip) {}

    /** @param quantity 1 to 1000 */
    record Item(int productId, int quantity) {}

    private static final List<String> REQUIRED = List.of("user_id", "user_currency", "address", "email", "items");
    private static final List<String> REQUIRED_OF_USER = List.of("user_id", "product_ids");
    private static final String DEFAULT_CURRENCY = "USD";
    private static final int MAX_ITEMS = 100;
    private static final int MAX_QUANTITY = 1000;
    private static final int MAX_TEXT = 256;
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");

    /**
     * Reads a request.
     *
     * @param body null or JSON null if the request had no body
     * @throws HttpError 400 for the first error that is found
     */
    static OrderRequest of(JsonNode body) {
        require(body, REQUIRED);
        return new OrderRequest(text(body, "user_id"), currency(body, "user_currency"), address(body.get("address")), email(body),
                items(body.get("items")), reservations(body.path("reservations")));
    }

    /**
     * Reads the request of a user who has an account, so it has no address. It names each piece by the id of its product.
     *
     * @param body null or JSON null if the request had no body
     * @throws HttpError 400 for the first error that is found
     */
    static OrderRequest ofUser(JsonNode body) {
        require(body, REQUIRED_OF_USER);
        return new OrderRequest(text(body, "user_id"), body.hasNonNull("currency") ? currency(body, "currency") : DEFAULT_CURRENCY, null,
                null, pieces(body.get("product_ids")), reservations(body.path("reservations")));
    }

    /** @throws HttpError 400 unless this is an object with these fields, whose texts can be stored */
    private static void require(JsonNode body, List<String> fields) {
        if (body == null || body.isNull() || body.isMissingNode()) {
            throw HttpError.badRequest("No checkout data provided");
        }
        if (!body.isObject()) {
            throw HttpError.badRequest("The checkout data must be a JSON object");
        }
        StorableText.require(body);
        for (var field : fields) {
            if (!body.hasNonNull(field)) {
                throw HttpError.badRequest("Missing required field: " + field);
            }
        }
    }

    private static String text(JsonNode object, String field) {
        var value = object.get(field);
        if (!value.isTextual() || value.textValue().isBlank() || value.textValue().length() > MAX_TEXT) {
            throw HttpError.badRequest("%s must be a text of 1 to %d characters".formatted(field, MAX_TEXT));
        }
        return value.textValue();
    }

    private static String currency(JsonNode body, String field) {
        var code = text(body, field);
        if (!CURRENCY.matcher(code).matches()) {
            throw HttpError.badRequest(field + " must be a code of three capital letters");
        }
        return code;
    }

    private static String email(JsonNode body) {
        var email = text(body, "email");
        if (!EMAIL.matcher(email).matches()) {
            throw HttpError.badRequest("email must be an e-mail address");
        }
        return email;
    }

    private static Address address(JsonNode address) {
        if (!address.isObject()) {
            throw HttpError.badRequest("address must be a JSON object");
        }
        return new Address(optionalText(address, "street"), optionalText(address, "city"), optionalText(address, "state"),
                optionalText(address, "country"), optionalText(address, "zip"));
    }

    private static String optionalText(JsonNode address, String member) {
        var value = address.get(member);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual() || value.textValue().length() > MAX_TEXT) {
            throw HttpError.badRequest("address.%s must be a text of at most %d characters".formatted(member, MAX_TEXT));
        }
        return value.textValue();
    }

    private static List<Item> items(JsonNode items) {
        requireItems("items", items);
        var list = new ArrayList<Item>(items.size());
        for (var item : items) {
            list.add(item(item.path("product_id"), item.path("quantity")));
        }
        return List.copyOf(list);
    }

    /** Returns an item for each product, with as many pieces as there are of its id. */
    private static List<Item> pieces(JsonNode productIds) {
        requireItems("product_ids", productIds);
        var pieces = new LinkedHashMap<Integer, Integer>();
        for (var productId : productIds) {
            if (!productId.isIntegralNumber()) {
                throw HttpError.badRequest("Invalid item format");
            }
            pieces.merge(productId(productId), 1, Integer::sum);
        }
        return pieces.entrySet().stream().map(product -> new Item(product.getKey(), product.getValue())).toList();
    }

    private static void requireItems(String field, JsonNode items) {
        if (!items.isArray()) {
            throw HttpError.badRequest(field + " must be a list");
        }
        if (items.isEmpty()) {
            throw HttpError.badRequest("There are no items in the order");
        }
        if (items.size() > MAX_ITEMS) {
            throw HttpError.badRequest("There are more than %d items in the order".formatted(MAX_ITEMS));
        }
    }

    private static Item item(JsonNode productId, JsonNode quantity) {
        if (!productId.isIntegralNumber() || !quantity.isIntegralNumber()) {
            throw HttpError.badRequest("Invalid item format");
        }
        var id = productId(productId);
        if (!quantity.canConvertToInt() || quantity.intValue() < 1 || quantity.intValue() > MAX_QUANTITY) {
            throw HttpError.badRequest("The quantity of an item must be from 1 to " + MAX_QUANTITY);
        }
        return new Item(id, quantity.intValue());
    }

    private static int productId(JsonNode productId) {
        if (!productId.canConvertToInt() || productId.intValue() < 1) {
            throw HttpError.badRequest("Invalid product ID");
        }
        return productId.intValue();
    }

    private static List<String> reservations(JsonNode reservations) {
        return reservations.isMissingNode() || reservations.isNull() ? List.of() : reservations("reservations", reservations);
    }

    /** @throws HttpError 400, naming the field, unless this is a list of at most 100 ids */
    static List<String> reservations(String field, JsonNode reservations) {
        var wellFormed = reservations.isArray() && reservations.size() <= MAX_ITEMS;
        var ids = new ArrayList<String>();
        for (var reservation : reservations) {
            wellFormed &= reservation.isTextual() && reservation.textValue().length() <= MAX_TEXT;
            ids.add(reservation.textValue());
        }
        if (!wellFormed) {
            throw HttpError.badRequest("%s must be a list of at most %d reservation ids".formatted(field, MAX_ITEMS));
        }
        return List.copyOf(ids);
    }

    /** Returns this request without its reservations, which may differ when it is repeated. */
    OrderRequest withoutReservations() {
        return new OrderRequest(userId, userCurrency, address, email, items, List.of());
    }
}
