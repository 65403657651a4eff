package org.debugshop.defaults.http;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.stream.Stream;

/** Images as services have them. */
@Path("/images")
public class ImageResource {

    private final SvgImages images = new SvgImages(ImageResource.class, Stream.of("/images/circle.svg", "/images/square.svg"));

    @GET
    @Path("{name}.svg")
    public Response image(@PathParam("name") String name, @Context Request request) {
        return images.answer("/images/" + name + ".svg", request);
    }
}
