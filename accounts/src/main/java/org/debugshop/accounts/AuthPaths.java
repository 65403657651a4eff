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
        var isBelow = path.startsWith(AUTH + "/");
        if (isBelow) {
            request.setRequestUri(request.getUriInfo().getBaseUri().resolve(AUTH));
        }
        // Most requests are a GET of /auth itself, which comes before every protected request, so it should cost little.
        if ((isBelow || path.equals(AUTH)) && !request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            request.setMethod("GET");
        }
    }
}
