package org.debugshop.defaults.admin;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Detects cross-site request forgery: a request that changes state must not come from a page of another origin. Browsers send
 * {@code Sec-Fetch-Site} and {@code Origin}. Programs send neither, and are accepted.
 */
public final class SameOrigin {

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    private SameOrigin() {}

    /** Returns whether this request would change something and comes from a page of another origin. */
    public static boolean isBreachedBy(ContainerRequestContext request) {
        return isBreachedBy(request.getMethod(), request::getHeaderString, request.getUriInfo().getRequestUri().getScheme());
    }

    /** As {@link #isBreachedBy(ContainerRequestContext)}, for handlers that run before the resources. */
    public static boolean isBreachedBy(HttpServerRequest request) {
        return isBreachedBy(request.method().name(), request::getHeader, request.scheme());
    }

    private static boolean isBreachedBy(String method, UnaryOperator<String> headers, String scheme) {
        return !READING.contains(method) && isFromAnotherOrigin(headers, scheme);
    }

    /**
     * An origin is scheme, host and port. Behind a proxy that terminates TLS, the scheme differs although the origin is the same,
     * so the browser's {@code Sec-Fetch-Site} takes precedence.
     */
    private static boolean isFromAnotherOrigin(UnaryOperator<String> headers, String ownScheme) {
        var site = headers.apply("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return true;
        }
        var origin = headers.apply("Origin");
        if (origin == null) {
            return false;
        }
        var host = headers.apply(HttpHeaders.HOST);
        var scheme = "same-origin".equals(site) && origin.startsWith("https://") ? "https" : ownScheme;
        return !withPort(origin).equals(withPort(scheme + "://" + host));
    }

    /** Returns the origin in lower case and with its port, so that {@code http://host} equals {@code http://HOST:80}. */
    private static String withPort(String origin) {
        try {
            var uri = URI.create(origin.toLowerCase(Locale.ROOT));
            var port = uri.getPort() != -1 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
            return uri.getScheme() + "://" + uri.getHost() + ":" + port;
        } catch (IllegalArgumentException notAnOrigin) {
            return origin;
        }
    }
}
