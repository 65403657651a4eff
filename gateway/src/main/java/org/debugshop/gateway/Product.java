package org.debugshop.gateway;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/** A product with its price in the catalog's currency, or converted to another. */
record Product(int id, String name, String description, BigDecimal price, String currency, String imageUrl, List<String> categories) {

    Product {
        requireNonNull(name);
        requireNonNull(price);
        requireNonNull(currency);
    }

    /** @param rate units of {@code currency} for one unit of this product's currency */
    Product in(String currency, BigDecimal rate) {
        return new Product(id, name, description, price.multiply(rate).setScale(2, RoundingMode.HALF_UP), currency, imageUrl, categories);
    }
}
