package org.debugshop.productcatalog;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toUnmodifiableMap;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.debugshop.defaults.http.HttpError;

/** The drawing of each product, where {@link Product#imageUrl()} says. */
@Path("/images/products")
@NonBlocking
public class ImageResource {

    private final Map<String, Image> images = Catalog.PRODUCTS.stream().map(Product::imageUrl)
            .collect(toUnmodifiableMap(identity(), Image::read));

    @GET
    @Path("{id}.svg")
    public Response image(@PathParam("id") String id, @Context Request request) {
        var image = images.get("/images/products/" + id + ".svg");
        if (image == null) {
            throw HttpError.notFound("Image not found");
        }
        var unchanged = request.evaluatePreconditions(image.tag());
        return (unchanged == null ? Response.ok(image.svg(), "image/svg+xml") : unchanged).tag(image.tag())
                .header(HttpHeaders.CACHE_CONTROL, "public, max-age=3600")
                // Opened on its own, an SVG is a document: it may style itself, and nothing else.
                .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }

    /** @param svg UTF-8; never changed */
    private record Image(byte[] svg, EntityTag tag) {

        static Image read(String path) {
            try (var file = Objects.requireNonNull(ImageResource.class.getResourceAsStream(path), path)) {
                var svg = file.readAllBytes();
                return new Image(svg, new EntityTag(Integer.toHexString(Arrays.hashCode(svg))));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }
}
