package org.debugshop.checkout;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;

/** The part of a catalog product that an order needs. An answer without any of these members is unreadable. */
record Product(int id, String name, BigDecimal price, String currency) {

    Product {
        requireNonNull(name);
        requireNonNull(price);
        requireNonNull(currency);
    }
}
