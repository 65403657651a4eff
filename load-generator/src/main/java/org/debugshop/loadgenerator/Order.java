package org.debugshop.loadgenerator;

import java.util.List;

/** The body of a shopper's checkout request. */
record Order(String userId, String userCurrency, Address address, String email, List<Item> items) {

    record Address(String street, String city, String state, String country, String zip) {}

    record Item(int productId, int quantity) {}
}
