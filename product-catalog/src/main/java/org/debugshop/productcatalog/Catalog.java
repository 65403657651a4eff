package org.debugshop.productcatalog;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The products, in the order in which they are listed. */
final class Catalog {

    static final List<Product> PRODUCTS = List.of(
            product(1, "Smartphone Model X", "699.99",
                    "A bright screen from edge to edge and a battery that outlasts the day. It even makes phone calls.",
                    "Electronics", "Phones"),
            product(2, "Laptop Pro", "1299.99",
                    "Thin enough for any bag and fast enough for any build. The keyboard is a pleasure on long evenings.",
                    "Electronics", "Computers"),
            product(3, "Wireless Headphones", "249.99",
                    "Soft ear cups, thirty hours of music, and silence at the press of a button.",
                    "Electronics", "Audio"),
            product(4, "Smart Watch Series 5", "349.99",
                    "Counts your steps, minds your heart and reminds you to stand up. Also tells the time.",
                    "Electronics", "Wearables"),
            product(5, "Bluetooth Speaker", "79.99",
                    "Fills the kitchen, survives the beach, and fits into one hand.",
                    "Electronics", "Audio"));

    private Catalog() {}

    /** Returns whether the text contains this part, in any case. */
    static boolean contains(String text, String part) {
        return withoutCase(text).contains(withoutCase(part));
    }

    /** Lower case first, then upper case, because some characters have equal forms only in one of the two: ß and ẞ, K and the Kelvin sign. */
    private static String withoutCase(String text) {
        return text.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT);
    }

    static Optional<Product> find(int id) {
        return PRODUCTS.stream().filter(product -> product.id() == id).findFirst();
    }

    private static Product product(int id, String name, String usd, String description, String... categories) {
        return new Product(id, name, description, new BigDecimal(usd), "USD", "/images/products/" + id + ".svg", List.of(categories));
    }
}
