package org.debugshop.console.api;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.debugshop.console.ConsoleConfig;
import org.debugshop.defaults.ErrorBody;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * While it listens on the loopback interface and has no {@code ADMIN_PASSWORD}, the console answers only to the names of this machine:
 * {@code localhost}, a name under it, a loopback address, {@code HOST}. Otherwise any page in a browser here could read what is kept, by
 * letting its own name point to 127.0.0.1 (DNS rebinding). On other interfaces any name may be right; there the password protects.
 */
@Singleton
class LoopbackNames {

    private static final Pattern LOOPBACK = Pattern
            .compile("localhost|.+\\.localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

    /** Filters are made while Quarkus starts, before it has read the environment. */
    private final Provider<ConsoleConfig> config;
    private volatile boolean onlyLoopback = true;

    LoopbackNames(Provider<ConsoleConfig> config) {
        this.config = config;
    }

    void start(@Observes StartupEvent event) throws UnknownHostException {
        onlyLoopback = isNeeded(config.get().host(), config.get().adminPassword());
    }

    static boolean isNeeded(String host, Optional<String> password) throws UnknownHostException {
        return password.isEmpty() && InetAddress.getByName(host).isLoopbackAddress();
    }

    @ServerRequestFilter
    Optional<Response> check(ContainerRequestContext request) {
        if (!onlyLoopback || isThisMachine(request.getHeaderString(HttpHeaders.HOST))) {
            return Optional.empty();
        }
        return Optional.of(Response.status(Response.Status.FORBIDDEN).type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new ErrorBody("Without ADMIN_PASSWORD the console answers under localhost only")).build());
    }

    private boolean isThisMachine(String authority) {
        String name = authority == null ? "" : authority.toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", "");
        return LOOPBACK.matcher(name).matches() || name.equals(config.get().host().toLowerCase(Locale.ROOT));
    }
}
