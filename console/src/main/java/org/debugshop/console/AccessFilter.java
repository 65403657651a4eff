package org.debugshop.console;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import java.net.UnknownHostException;
import java.util.Optional;
import org.debugshop.defaults.admin.AdminGuard;
import org.debugshop.defaults.admin.AdminSettings;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Puts an {@link AdminGuard} before every resource: the pages and the API. It runs after paths were matched, so that no way to write a path
 * goes around it.
 */
@ApplicationScoped // a singleton that is a filter is made before the environment is read; natively, in the build
class AccessFilter {

    private final AdminGuard guard;

    AccessFilter(AdminSettings settings) throws UnknownHostException {
        this.guard = new AdminGuard("the console", "console", settings);
    }

    @ServerRequestFilter
    Optional<Response> check(ContainerRequestContext request) {
        return guard.check(request);
    }
}
