package org.debugshop.gateway;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * Serves the storefront, which is the same page at each of its addresses. Its scripts, static resources under {@code /storefront/},
 * show what the address asks for.
 */
@Singleton
@Path("/")
public class Storefront {

    /**
     * Allows only what the gateway itself serves, without inline scripts or styles. Scripts can't insert markup: the browser
     * enforces Trusted Types, and no policy is allowed.
     */
    static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private final String page;

    /** @param consoleUrl empty if there is no console; then the page links to no traces */
    Storefront(@ConfigProperty(name = "shop.console-url") Optional<String> consoleUrl) {
        try (var template = Storefront.class.getResourceAsStream("/storefront/index.html")) {
            page = new String(template.readAllBytes(), StandardCharsets.UTF_8).replace("{console}",
                    attribute(consoleUrl.orElse("").replaceFirst("/$", "")));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    @GET
    @Produces("text/html;charset=UTF-8;qs=0.5") // only for callers that prefer HTML, as browsers do
    @NonBlocking
    public RestResponse<String> home() {
        return page();
    }

    @GET
    @Path("shop/{page: cart|checkout|login|signup|search|orders|product/[^/]+|order/[^/]+}")
    @Produces("text/html;charset=UTF-8")
    @NonBlocking
    public RestResponse<String> page() {
        return RestResponse.ResponseBuilder.ok(page)
                .header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "same-origin")
                .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .build();
    }

    private static String attribute(String text) {
        return text.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
    }
}
