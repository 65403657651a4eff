package org.debugshop.gateway.edge;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.routes.Logins;
import org.debugshop.defaults.telemetry.Failure;
import org.debugshop.defaults.telemetry.LogFields;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Authenticates requests at the edge, as Envoy, Traefik and NGINX do: an authentication service decides, and the gateway needs no
 * knowledge of tokens or passwords. The service gets the method, the address and the {@code Authorization} of a request. A 200 admits
 * the request, with the {@code X-User-*} headers of the answer. Any other answer goes back to the caller. If there is no answer, or a
 * 5xx (other than a 503 with {@code Retry-After}), the caller gets a 503, and open routes aren't affected.
 */
@ApplicationScoped // a filter that is a singleton is created before the environment is read, in native builds at build time
public class EdgeAuthentication {

    static final AttributeKey<String> USER_ID = AttributeKey.stringKey("shop.user.id");

    private static final int OK = 200;

    /** The headers of a refusal that the caller gets. */
    private static final List<String> HEADERS = List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.WWW_AUTHENTICATE, HttpHeaders.LOCATION,
            HttpHeaders.RETRY_AFTER, HttpHeaders.CACHE_CONTROL);

    private final AuthenticationService service;
    private final Logins logins;

    EdgeAuthentication(AuthenticationService service, Logins logins) {
        this.service = service;
        this.logins = logins;
    }

    /** @return the answer for a request that is refused; null if it is admitted */
    @Protected
    @ServerRequestFilter
    public Uni<Response> authenticate(ContainerRequestContext request, RoutingContext context) {
        if (!service.exists()) {
            return Uni.createFrom().failure(new HttpError(503, "No authentication service is configured"));
        }
        var span = Span.current();
        var query = context.request().query();
        var uri = query == null ? context.normalizedPath() : context.normalizedPath() + "?" + query;
        return service.ask(request.getMethod(), uri, context.request().headers().getAll(HttpHeaders.AUTHORIZATION))
                .onFailure(UpstreamFailure.class).transform(failure -> unavailable(span, failure))
                .map(given -> decide(request, span, given));
    }

    /** @return as {@link #authenticate} */
    @OptionalUser
    @ServerRequestFilter
    public Uni<Response> authenticateIfAuthorized(ContainerRequestContext request, RoutingContext context) {
        return request.getHeaders().containsKey(HttpHeaders.AUTHORIZATION) ? authenticate(request, context) : Uni.createFrom().nullItem();
    }

    private Response decide(ContainerRequestContext request, Span span, AuthenticationService.Answer answer) {
        var asksToWait = answer.status() == 503 && answer.headers().contains(HttpHeaders.RETRY_AFTER);
        if (answer.status() >= 500 && !asksToWait) {
            throw failed(span, answer);
        }
        if (answer.status() != OK) {
            return refuse(answer);
        }
        var ids = answer.headers().getAll(UserHeaders.ID);
        if (ids.size() != 1 || ids.getFirst().isBlank()) {
            throw unknownUser(span);
        }
        for (var header : answer.headers()) {
            if (UserHeaders.isUserHeader(header.getKey())) {
                request.getHeaders().add(header.getKey(), header.getValue());
            }
        }
        span.setAttribute(USER_ID, ids.getFirst());
        logins.learn(request.getHeaderString(HttpHeaders.AUTHORIZATION), answer.headers().get(UserHeaders.NAME));
        return null;
    }

    private static Response refuse(AuthenticationService.Answer answer) {
        var refusal = Response.status(answer.status()).entity(answer.body().length() == 0 ? null : answer.body().getBytes());
        for (var name : HEADERS) {
            answer.headers().getAll(name).forEach(value -> refusal.header(name, value));
        }
        return refusal.build();
    }

    private static HttpError unavailable(Span span, UpstreamFailure failure) {
        try (var _ = span.makeCurrent(); var _ = failure.logFields()) {
            failure.markOrigin();
            return unavailable(failure.getMessage(), failure);
        }
    }

    /** The failure started in the authentication service, so this span is not its origin. */
    private static HttpError failed(Span span, AuthenticationService.Answer answer) {
        try (var _ = span.makeCurrent();
                var _ = LogFields.of(UpstreamFailure.SERVICE, AuthenticationService.NAME).and(UpstreamFailure.STATUS,
                        (long) answer.status())) {
            return unavailable(AuthenticationService.NAME + " failed with status " + answer.status(), null);
        }
    }

    private static HttpError unknownUser(Span span) {
        try (var _ = span.makeCurrent(); var _ = LogFields.of(UpstreamFailure.SERVICE, AuthenticationService.NAME)) {
            var reason = AuthenticationService.NAME + " admitted a request without one " + UserHeaders.ID;
            Failure.startsHere("unreadable", UpstreamFailure.FAILURE, reason);
            return unavailable(reason, null);
        }
    }

    private static HttpError unavailable(String reason, Throwable cause) {
        Log.errorf("Request failed: %s", reason);
        return HttpError.unavailable("The " + reason, cause);
    }
}
