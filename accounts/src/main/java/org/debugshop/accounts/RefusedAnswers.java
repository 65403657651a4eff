package org.debugshop.accounts;

import io.opentelemetry.api.common.AttributeKey;
import io.quarkus.logging.Log;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.debugshop.accounts.Refused.Reason;
import org.debugshop.defaults.telemetry.Failure;
import org.debugshop.defaults.telemetry.LogFields;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Answers a request whose credentials were refused, and records why: the span and the log have a word that the caller does not get. */
@Singleton
public class RefusedAnswers {

    static final AttributeKey<String> AUTH_FAILURE = AttributeKey.stringKey("shop.auth.failure");

    @ServerExceptionMapper
    public Response answer(Refused failure, ContainerRequestContext request) {
        var reason = failure.reason();
        Failure.startsHere(reason.word(), AUTH_FAILURE, reason.word());
        try (var _ = LogFields.of(AUTH_FAILURE, reason.word())) {
            if (reason == Reason.MISSING_CREDENTIALS) {
                // A visitor who has not logged in is no event.
                Log.debug("Refused a request without credentials");
            } else if (failure.getCause() == null) {
                Log.warnf("Refused credentials: %s", failure.getMessage());
            } else {
                Log.warnf("Cannot check a token: %s", failure.getCause().getMessage());
            }
        }
        var answer = failure.answer();
        if (answer.getStatus() == 401) {
            answer.getHeaders().putSingle(HttpHeaders.WWW_AUTHENTICATE, challenge(request, reason));
        }
        return answer;
    }

    /**
     * Returns the challenge (RFC 9110, section 11.6.1). A browser that gets one for Basic opens a window for a password, even if a script
     * of a page has sent the request, so such a request gets the one for tokens only. So does a login.
     */
    private static String challenge(ContainerRequestContext request, Reason reason) {
        var bearer = "Bearer realm=\"debug-shop\"" + (reason.isOfAToken() ? ", error=\"invalid_token\"" : "");
        var mode = request.getHeaderString("Sec-Fetch-Mode");
        var isOfAScript = mode != null && !mode.equals("navigate");
        return isOfAScript || request.getUriInfo().getPath().equals("/login")
                ? bearer
                : bearer + ", Basic realm=\"debug-shop\", charset=\"UTF-8\"";
    }
}
