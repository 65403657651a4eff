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
 * Puts an {@link AdminGuard} before all resources: the pages and the API. It runs after the path was matched, so that no spelling
 * of a path bypasses it.
 */
@ApplicationScoped // a filter that is a singleton is created before the environment is read, in native builds at build time
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
