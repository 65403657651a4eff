package org.debugshop.console.api;

import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.debugshop.defaults.admin.SameOrigin;
import org.debugshop.defaults.http.ErrorBody;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Keeps pages of other origins from changing anything here. */
@Singleton
class ForeignPages {

    @ServerRequestFilter
    Optional<Response> check(ContainerRequestContext request) {
        return SameOrigin.isBreachedBy(request)
                ? Optional.of(Response.status(Response.Status.FORBIDDEN).type(MediaType.APPLICATION_JSON_TYPE)
                        .entity(new ErrorBody("A page of another origin must not change this")).build())
                : Optional.empty();
    }
}
