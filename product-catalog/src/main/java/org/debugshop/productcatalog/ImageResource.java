package org.debugshop.productcatalog;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.debugshop.defaults.http.SvgImages;

/** Serves the drawing of each product at the path of {@link Product#imageUrl()}. */
@Path("/images/products")
@NonBlocking
public class ImageResource {

    private final SvgImages images = new SvgImages(ImageResource.class, Catalog.PRODUCTS.stream().map(Product::imageUrl));

    @GET
    @Path("{id}.svg")
    public Response image(@PathParam("id") String id, @Context Request request) {
        return images.answer("/images/products/" + id + ".svg", request);
    }
}
