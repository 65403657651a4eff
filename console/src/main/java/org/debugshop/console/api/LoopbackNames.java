package org.debugshop.console.api;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.debugshop.console.ConsoleConfig;
import org.debugshop.defaults.admin.HostNames;
import org.debugshop.defaults.http.ErrorBody;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Without {@code ADMIN_PASSWORD} the console answers only to names that are meant for it ({@link HostNames}). */
@Singleton
class LoopbackNames {

    /** Filters are made while Quarkus starts, before it has read the environment. */
    private final Provider<ConsoleConfig> config;
    private volatile HostNames names;
    private volatile boolean open;

    LoopbackNames(Provider<ConsoleConfig> config) {
        this.config = config;
    }

    void start(@Observes StartupEvent event) throws UnknownHostException {
        names = HostNames.of(config.get().host(), config.get().allowedHosts().orElse(List.of()));
        open = config.get().adminPassword().isPresent();
    }

    @ServerRequestFilter
    Optional<Response> check(ContainerRequestContext request) {
        if (open || names.include(request.getHeaderString(HttpHeaders.HOST))) {
            return Optional.empty();
        }
        return Optional.of(Response.status(Response.Status.FORBIDDEN).type(MediaType.APPLICATION_JSON_TYPE).entity(
                new ErrorBody("Without ADMIN_PASSWORD the console answers under localhost, and names of ALLOWED_HOSTS, only")).build());
    }
}
