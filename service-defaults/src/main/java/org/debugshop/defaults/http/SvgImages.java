package org.debugshop.defaults.http;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toUnmodifiableMap;

import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A service's SVG images. They are read once and served with an {@code ETag}, so that browsers can keep them. An image's path in
 * the URL is the same as on the class path.
 */
public final class SvgImages {

    /** @param svg UTF-8; never modified */
    private record Image(byte[] svg, EntityTag tag) {

        static Image read(Class<?> service, String path) {
            try (var file = Objects.requireNonNull(service.getResourceAsStream(path), path)) {
                var svg = file.readAllBytes();
                return new Image(svg, new EntityTag(Integer.toHexString(Arrays.hashCode(svg))));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }

    private final Map<String, Image> images;

    /**
     * Reads the images.
     *
     * @param service a class of the service, whose class loader finds the images
     * @param paths the distinct paths of the images, each with a leading slash
     * @throws NullPointerException if one is missing
     */
    public SvgImages(Class<?> service, Stream<String> paths) {
        images = paths.collect(toUnmodifiableMap(identity(), path -> Image.read(service, path)));
    }

    /**
     * Answers a request for an image.
     *
     * @return the image, or a 304 if {@code request} has its current {@code ETag}
     * @throws HttpError 404 if there is no image at this path
     */
    public Response answer(String path, Request request) {
        var image = images.get(path);
        if (image == null) {
            throw HttpError.notFound("Image not found");
        }
        var unchanged = request.evaluatePreconditions(image.tag());
        return (unchanged == null ? Response.ok(image.svg(), "image/svg+xml") : unchanged).tag(image.tag())
                .header(HttpHeaders.CACHE_CONTROL, "public, max-age=3600")
                // An SVG that is opened on its own is a document. It may use inline styles, and nothing else.
                .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }
}
