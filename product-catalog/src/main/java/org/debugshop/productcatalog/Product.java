package org.debugshop.productcatalog;

import java.math.BigDecimal;
import java.util.List;

/**
 * What the shop sells.
 *
 * @param price    of one, in {@code currency}, with two decimals
 * @param imageUrl a path below the gateway's address, which passes it on to {@link ImageResource}
 */
record Product(int id, String name, String description, BigDecimal price, String currency, String imageUrl, List<String> categories) {}
