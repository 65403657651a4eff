package org.debugshop.adservice;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * An advertisement.
 *
 * @param redirectUrl where a click leads, a path below the gateway's address
 * @param imageUrl    a path below the gateway's address, which passes it on to {@link ImageResource}
 * @param productId   the product it praises; absent on a general ad
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Ad(String id, String redirectUrl, String text, String imageUrl, Integer productId, String category) {

    boolean isGeneral() {
        return productId == null;
    }
}
