package org.debugshop.gateway.session;

import io.opentelemetry.api.common.AttributeKey;
import io.quarkus.logging.Log;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import java.util.regex.Pattern;
import org.debugshop.defaults.admin.SameOrigin;
import org.debugshop.defaults.routes.EdgeBaggage;
import org.debugshop.defaults.telemetry.Failure;
import org.debugshop.defaults.telemetry.LogFields;

/**
 * The storefront's session: a cookie with the user's token, which scripts cannot read. Before any other handler sees a request, the
 * cookie becomes {@code Authorization: Bearer}, unless the request has that header already.
 *
 * <p>A browser sends the cookie by itself, so a request that changes something must come from the gateway's own pages.
 * {@code SameSite=Strict} is not enough: all ports of a host are the same site.
 */
@Singleton
public class SessionCookie {

    static final AttributeKey<String> AUTH_FAILURE = AttributeKey.stringKey("shop.auth.failure");
    static final String CROSS_ORIGIN = "A page of another origin must not use this session";

    private static final String NAME = "session";
    private static final String RECOGNIZED = SessionCookie.class.getName() + ".recognized";
    /** Sent by the storefront's scripts, as many do. */
    private static final String BY_SCRIPT = "X-Requested-With";
    private static final String CHALLENGE = "WWW-Authenticate";
    /** After the header with the trace is set, and before everything else. */
    private static final int EARLY = -1500;
    /** The characters of RFC 6750 ({@code b64token}). Browsers store no cookie of more than 4096 bytes, with its attributes. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{1,3900}=*");

    void route(@Observes Router router) {
        router.route().order(EARLY).handler(SessionCookie::handle);
    }

    private static void handle(RoutingContext context) {
        var request = context.request();
        var headers = request.headers();
        if (headers.contains(BY_SCRIPT)) {
            context.addHeadersEndHandler(_ -> keepBrowserFromAsking(context.response().headers()));
        }
        if (!headers.contains(HttpHeaders.COOKIE)) {
            context.next();
            return;
        }
        var cookie = request.getCookie(NAME);
        if (cookie != null || request.getCookie(EdgeBaggage.SHOPPER_COOKIE) != null) {
            context.put(RECOGNIZED, true);
        }
        headers.remove(HttpHeaders.COOKIE); // nothing else reads cookies, so no token can get into a log or another service
        if (cookie == null || !isToken(cookie.getValue())) {
            context.next();
        } else if (SameOrigin.isBreachedBy(request)) {
            refuse(context);
        } else {
            if (!headers.contains(HttpHeaders.AUTHORIZATION)) {
                headers.set(HttpHeaders.AUTHORIZATION, "Bearer " + cookie.getValue());
            }
            context.next();
        }
    }

    /** On the challenge "Basic", a browser itself would ask for a name and a password, even if a script has sent the request. */
    private static void keepBrowserFromAsking(MultiMap headers) {
        if (headers.contains(CHALLENGE)) {
            headers.set(CHALLENGE, "Bearer");
        }
    }

    private static void refuse(RoutingContext context) {
        recordRefusal();
        Vertx.currentContext().putLocal("UrlPathTemplate", "/*"); // otherwise each path would make its own time series
        context.response().setStatusCode(403)
                .putHeader(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                .end("{\"error\":\"" + CROSS_ORIGIN + "\"}");
    }

    /** Records that a request was refused because of its origin, on the span and in the log. */
    static void recordRefusal() {
        Failure.startsHere("cross_origin", AUTH_FAILURE, CROSS_ORIGIN);
        try (var _ = LogFields.of(AUTH_FAILURE, CROSS_ORIGIN).and(Failure.ERROR_TYPE, "cross_origin")) {
            Log.warnf("Refused a request: %s", CROSS_ORIGIN);
        }
    }

    static boolean isToken(String text) {
        return text != null && TOKEN.matcher(text).matches();
    }

    /** Returns whether the visitor is recognized by a cookie, that of the session or another. */
    public static boolean recognizes(RoutingContext visit) {
        return visit.get(RECOGNIZED) != null;
    }

    /** Returns the value of {@code Set-Cookie} that begins a session. */
    static String of(LoginClient.Login login, HttpServerRequest request) {
        return cookie(login.token(), login.expiresIn(), request);
    }

    /** Returns the value of {@code Set-Cookie} that ends a session. */
    static String expired(HttpServerRequest request) {
        return cookie("", 0, request);
    }

    private static String cookie(String value, int seconds, HttpServerRequest request) {
        return Cookie.cookie(NAME, value).setPath("/").setMaxAge(seconds).setHttpOnly(true).setSameSite(CookieSameSite.STRICT)
                .setSecure(isHttps(request)).encode();
    }

    /** Returns whether the browser uses https. A proxy that terminates TLS may say so, and the browser does in {@code Origin}. */
    public static boolean isHttps(HttpServerRequest request) {
        return request.isSSL() || startsWith("https", request.getHeader("X-Forwarded-Proto"))
                || startsWith("https://", request.getHeader(HttpHeaders.ORIGIN));
    }

    private static boolean startsWith(String beginning, String header) {
        return header != null && header.regionMatches(true, 0, beginning, 0, beginning.length());
    }
}
