package org.debugshop.gateway;

import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.routes.EdgeBaggage;
import org.debugshop.defaults.routes.RouteBaggage;
import org.debugshop.defaults.routes.Routes;
import org.debugshop.gateway.session.SessionCookie;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * Serves the storefront, which is the same page at each of its addresses. Its scripts, static resources under {@code /storefront/},
 * show what the address asks for. {@code ?intercept=<key>} at any address lets the visitor's requests carry that key from then on, and an
 * empty key ends that. While there is a canary, guests get a cookie by which they are recognized, so that they stay on one version.
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

    private static final String BADGE = "{intercept}";

    /** The page with a place for the badge. */
    private final String page;
    private final String usualPage;

    /** @param consoleUrl empty if there is no console; then the page links to no traces */
    Storefront(@ConfigProperty(name = "shop.console-url") Optional<String> consoleUrl) {
        try (var template = Storefront.class.getResourceAsStream("/storefront/index.html")) {
            page = new String(template.readAllBytes(), StandardCharsets.UTF_8).replace("{console}",
                    attribute(consoleUrl.orElse("").replaceFirst("/$", "")));
            usualPage = page.replace(BADGE, "");
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    @GET
    @Produces("text/html;charset=UTF-8;qs=0.5") // only for callers that prefer HTML, as browsers do
    @NonBlocking
    public RestResponse<String> home(@Context RoutingContext visit) {
        return page(visit);
    }

    @GET
    @Path("shop/{page: cart|checkout|login|signup|search|orders|product/[^/]+|order/[^/]+}")
    @Produces("text/html;charset=UTF-8")
    @NonBlocking
    public RestResponse<String> page(@Context RoutingContext visit) {
        var intercept = visit.request().getParam("intercept"); // a parameter of this method would be null if it is empty
        if (intercept != null && !intercept.isEmpty() && !RouteBaggage.isKey(intercept)) {
            throw HttpError.badRequest("intercept has 1 to 40 characters of A-Z a-z 0-9 . _ -");
        }
        var key = intercept == null ? RouteBaggage.key() : Optional.of(intercept).filter(text -> !text.isEmpty());
        var answer = RestResponse.ResponseBuilder.ok(key.map(this::pageWithBadge).orElse(usualPage))
                .header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "same-origin")
                .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        if (intercept != null) {
            var cookie = cookie(EdgeBaggage.KEY_COOKIE, intercept, visit.request());
            answer.header(HttpHeaders.SET_COOKIE, (intercept.isEmpty() ? cookie.setMaxAge(0) : cookie).encode());
        }
        if (Routes.live().filter(Routes::hasCanary).isPresent() && !SessionCookie.recognizes(visit)) {
            answer.header(HttpHeaders.SET_COOKIE,
                    cookie(EdgeBaggage.SHOPPER_COOKIE, UUID.randomUUID().toString(), visit.request()).encode());
        }
        return answer.build();
    }

    /** @param key consists of characters that need no escape in HTML */
    private String pageWithBadge(String key) {
        return page.replace(BADGE, "<p id=\"intercept\">intercept: <b>" + key + "</b></p>");
    }

    /** A cookie of the browser's session. {@code SameSite=Lax} sends it when a link leads here, so that the badge is right. */
    private static Cookie cookie(String name, String value, HttpServerRequest request) {
        return Cookie.cookie(name, value).setPath("/").setHttpOnly(true).setSameSite(CookieSameSite.LAX)
                .setSecure(SessionCookie.isHttps(request));
    }

    private static String attribute(String text) {
        return text.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
    }
}
