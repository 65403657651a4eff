package org.debugshop.accounts;

import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Takes each request for {@code /auth} and below for a GET of {@code /auth}: Envoy asks with a request's own method and path. */
@Singleton
public class AuthPaths {

    private static final String AUTH = "/auth";

    @ServerRequestFilter(preMatching = true)
    public void asGet(ContainerRequestContext request) {
        var path = request.getUriInfo().getPath();
        if (path.equals(AUTH) || path.startsWith(AUTH + "/")) {
            request.setRequestUri(request.getUriInfo().getBaseUri().resolve(AUTH));
            if (!request.getMethod().equals("HEAD")) {
                request.setMethod("GET");
            }
        }
    }
}
