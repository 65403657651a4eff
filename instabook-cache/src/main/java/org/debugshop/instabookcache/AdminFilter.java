package org.debugshop.instabookcache;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.UnknownHostException;
import java.util.Optional;
import org.debugshop.defaults.admin.AdminGuard;
import org.debugshop.defaults.admin.AdminSettings;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Puts an {@link AdminGuard} before {@code /admin} and all paths below it, and sets headers that protect browsers. */
@ApplicationScoped // a filter that is a singleton is created before the environment is read, in native builds at build time
public class AdminFilter {

    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final AdminGuard guard;

    AdminFilter(AdminSettings settings) throws UnknownHostException {
        this.guard = new AdminGuard("the admin page", "instabook-cache admin", settings);
    }

    @ServerRequestFilter(preMatching = true)
    public Optional<Response> check(ContainerRequestContext request) {
        return isAdmin(request) ? guard.check(request) : Optional.empty();
    }

    @ServerResponseFilter
    public void harden(ContainerRequestContext request, ContainerResponseContext response) {
        if (isAdmin(request)) {
            var headers = response.getHeaders();
            headers.putSingle("Content-Security-Policy", CONTENT_SECURITY_POLICY);
            headers.putSingle("X-Content-Type-Options", "nosniff");
            headers.putSingle("Referrer-Policy", "same-origin");
            headers.putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
        }
    }

    private static boolean isAdmin(ContainerRequestContext request) {
        var path = request.getUriInfo().getPath();
        return path.equals("/admin") || path.startsWith("/admin/");
    }
}
