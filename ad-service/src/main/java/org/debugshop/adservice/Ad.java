package org.debugshop.adservice;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * An advertisement.
 *
 * @param redirectUrl the target of a click, a path of the gateway
 * @param imageUrl a path of the gateway, which passes the request on to {@link ImageResource}
 * @param productId the advertised product; absent on a general ad
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Ad(String id, String redirectUrl, String text, String imageUrl, Integer productId, String category) {

    boolean isGeneral() {
        return productId == null;
    }
}
