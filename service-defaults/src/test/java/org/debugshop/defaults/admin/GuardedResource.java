package org.debugshop.defaults.admin;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** A resource with two guards, one without a password and one with. */
@Path("/guarded/{settings}")
public class GuardedResource {

    static final String PASSWORD = "pässword: with colon";

    record Settings(String host, Optional<List<String>> allowedHosts, Optional<String> password) implements AdminSettings {}

    private static final AdminGuard OPEN = guard(Optional.empty());
    private static final AdminGuard CLOSED = guard(Optional.of(PASSWORD));

    private static AdminGuard guard(Optional<String> password) {
        try {
            return new AdminGuard("the test", "of a test", new Settings("127.0.0.1", Optional.empty(), password));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @ServerRequestFilter(preMatching = true)
    public Optional<Response> check(ContainerRequestContext request) {
        return switch (request.getUriInfo().getPath()) {
            case "/guarded/open" -> OPEN.check(request);
            case "/guarded/closed" -> CLOSED.check(request);
            default -> Optional.empty();
        };
    }

    @GET
    public String read() {
        return "read";
    }

    @POST
    public String change() {
        return "changed";
    }
}
