package org.debugshop.gateway;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.debugshop.defaults.http.HttpError;

/** A product with its price in the catalog's currency, or converted to another. */
record Product(int id, String name, String description, BigDecimal price, String currency, String imageUrl, List<String> categories) {

    Product {
        requireNonNull(name);
        requireNonNull(price);
        requireNonNull(currency);
    }

    /** Reads a product id by the catalog's rule, so that a wrong id doesn't cause calls to other services. */
    static int id(String text) {
        if (text.length() <= 10 && text.matches("[1-9][0-9]*") && Long.parseLong(text) <= Integer.MAX_VALUE) {
            return Integer.parseInt(text);
        }
        throw HttpError.badRequest("Invalid product ID");
    }

    /** @param rate units of {@code currency} for one unit of this product's currency */
    Product in(String currency, BigDecimal rate) {
        return new Product(id, name, description, price.multiply(rate).setScale(2, RoundingMode.HALF_UP), currency, imageUrl, categories);
    }
}
