package org.debugshop.adservice;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.debugshop.defaults.http.SvgImages;

/** Serves the drawing of each ad at the path of {@link Ad#imageUrl()}. */
@Path("/images/ads")
@NonBlocking
public class ImageResource {

    private final SvgImages images = new SvgImages(ImageResource.class, Ads.ADS.stream().map(Ad::imageUrl));

    @GET
    @Path("{id}.svg")
    public Response image(@PathParam("id") String id, @Context Request request) {
        return images.answer("/images/ads/" + id + ".svg", request);
    }
}
