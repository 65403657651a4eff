package org.debugshop.instabookcache;

import io.opentelemetry.api.common.AttributeKey;
import io.quarkus.logging.Log;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.debugshop.defaults.admin.Secret;
import org.debugshop.defaults.http.ErrorBody;
import org.debugshop.defaults.telemetry.Failure;
import org.debugshop.defaults.telemetry.LogFields;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Checks the API token of all requests for {@code /cache} and below. If the token is wrong or the switch is off, the answer is 401,
 * even if the path doesn't exist. Each refusal is the origin of a failure: the span and the log have the same sentence as the
 * answer.
 */
@ApplicationScoped // a filter that is a singleton is created before the environment is read, in native builds at build time
@Startup // so that the warning about the default token is logged at startup
public class TokenCheck {

    static final AttributeKey<String> AUTH_FAILURE = AttributeKey.stringKey("shop.auth.failure");

    private static final String DEFAULT_TOKEN = "instabook-secret-token-2024";
    /** The scheme in any case (RFC 9110, section 11.1). The token may have more characters than in RFC 6750, because users choose it. */
    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +([!-~]+)");

    private enum Refusal {
        TOKEN_DISABLED("token_disabled", "API token authentication is disabled"), MISSING_HEADER("missing_header",
                "Missing Authorization header"), INVALID_HEADER("invalid_header",
                        "Invalid Authorization header format"), INVALID_TOKEN("invalid_token", "Invalid API token");

        private final String errorType;
        private final String sentence;

        Refusal(String errorType, String sentence) {
            this.errorType = errorType;
            this.sentence = sentence;
        }
    }

    private final TokenSwitch tokenSwitch;
    private final Secret token;

    TokenCheck(TokenSwitch tokenSwitch, @ConfigProperty(name = "shop.cache.token") String token) {
        this.tokenSwitch = tokenSwitch;
        this.token = new Secret(token);
        if (this.token.matches(DEFAULT_TOKEN)) {
            Log.warn("INSTABOOK_API_TOKEN is the default, which is public");
        }
    }

    @ServerRequestFilter(preMatching = true)
    public Uni<Response> check(ContainerRequestContext request) {
        var path = request.getUriInfo().getPath();
        if (!path.equals("/cache") && !path.startsWith("/cache/")) {
            return Uni.createFrom().nullItem();
        }
        nameRoute(path);
        var authorization = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
        return tokenSwitch.enabled().map(enabled -> refusal(enabled, authorization).map(TokenCheck::refuse).orElse(null));
    }

    private Optional<Refusal> refusal(boolean enabled, List<String> headers) {
        if (!enabled) {
            return Optional.of(Refusal.TOKEN_DISABLED);
        }
        if (headers == null || headers.isEmpty()) {
            return Optional.of(Refusal.MISSING_HEADER);
        }
        var bearer = BEARER.matcher(headers.getFirst());
        if (headers.size() > 1 || !bearer.matches()) {
            return Optional.of(Refusal.INVALID_HEADER);
        }
        return token.matches(bearer.group(1)) ? Optional.empty() : Optional.of(Refusal.INVALID_TOKEN);
    }

    private static Response refuse(Refusal refusal) {
        Failure.startsHere(refusal.errorType, AUTH_FAILURE, refusal.sentence);
        try (var _ = LogFields.of(AUTH_FAILURE, refusal.sentence).and(Failure.ERROR_TYPE, refusal.errorType)) {
            Log.warnf("Refused a request for a booking session: %s", refusal.sentence);
        }
        return Response.status(401).header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                .type(MediaType.APPLICATION_JSON_TYPE).entity(new ErrorBody(refusal.sentence)).build();
    }

    /**
     * Sets the route for tracing and metrics. Routing normally does so, but a refused request doesn't get that far. Without it, the
     * span would be named after the method alone, and each session id would make its own time series.
     */
    private static void nameRoute(String path) {
        var route = path.equals("/cache/session") ? path : path.startsWith("/cache/session/") ? "/cache/session/{id}" : "/cache/*";
        Vertx.currentContext().putLocal("UrlPathTemplate", route);
    }
}
