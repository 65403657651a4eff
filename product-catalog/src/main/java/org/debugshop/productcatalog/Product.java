package org.debugshop.productcatalog;

import java.math.BigDecimal;
import java.util.List;

/**
 * A product of the shop.
 *
 * @param price the price of one piece, in {@code currency}, with two decimals
 * @param imageUrl a path of the gateway, which passes the request on to {@link ImageResource}
 */
record Product(int id, String name, String description, BigDecimal price, String currency, String imageUrl, List<String> categories) {}
