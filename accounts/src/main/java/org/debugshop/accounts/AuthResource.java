package org.debugshop.accounts;

import io.opentelemetry.api.trace.Span;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/**
 * Forward authentication: a proxy asks here, before it passes a request on, whether it may and whom it comes from. Envoy, Traefik, NGINX
 * and our gateway ask this way (docs/edge-authentication.md).
 */
@Path("/auth")
public class AuthResource {

    static final String USER_ID_HEADER = "X-User-Id";
    static final String USER_NAME_HEADER = "X-User-Name";

    private final Authenticator authenticator;

    AuthResource(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    /** Answers 200 with the user in the headers, or fails with a {@link Refused}. */
    @GET
    public Uni<RestResponse<Void>> auth(@HeaderParam(HttpHeaders.AUTHORIZATION) List<String> authorization) {
        return authenticator.authenticate(authorization)
                .invoke(user -> Span.current().setAttribute(AccountsResource.USER_ID, user.id()))
                .map(user -> ResponseBuilder.<Void>ok().header(USER_ID_HEADER, user.id()).header(USER_NAME_HEADER, user.name())
                        .header(HttpHeaders.CACHE_CONTROL, "no-store").build());
    }
}
