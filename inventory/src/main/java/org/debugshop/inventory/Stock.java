package org.debugshop.inventory;

/**
 * What there is of a product.
 *
 * @param quantity pieces in the warehouse
 * @param reserved those of them that somebody is about to buy
 */
record Stock(String productId, int quantity, int reserved, int available) {

    Stock(int productId, int quantity, int reserved) {
        this(Integer.toString(productId), quantity, reserved, quantity - reserved);
    }
}
