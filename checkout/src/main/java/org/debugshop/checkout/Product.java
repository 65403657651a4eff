package org.debugshop.checkout;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;

/** What an order needs to know of a product; an answer of the catalog that lacks some of it cannot be read. */
record Product(int id, String name, BigDecimal price, String currency) {

    Product {
        requireNonNull(name);
        requireNonNull(price);
        requireNonNull(currency);
    }
}
