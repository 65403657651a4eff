package org.debugshop.inventory;

/**
 * The stock of a product.
 *
 * @param quantity the pieces in the warehouse
 * @param reserved how many of them are reserved and not sold yet
 */
record Stock(String productId, int quantity, int reserved, int available) {

    Stock(int productId, int quantity, int reserved) {
        this(Integer.toString(productId), quantity, reserved, quantity - reserved);
    }
}
