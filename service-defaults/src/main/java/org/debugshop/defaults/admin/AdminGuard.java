package org.debugshop.defaults.admin;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.UnknownHostException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.debugshop.defaults.http.ErrorBody;

/**
 * Protects what is meant for operators: an {@code /admin} or the console. It checks three rules, in this order:
 * <ol>
 * <li>Without {@code ADMIN_PASSWORD}, only requests for the names of {@link HostNames} are answered. Otherwise a foreign page could
 * point its own name at this address (DNS rebinding) and pass the third rule.</li>
 * <li>With {@code ADMIN_PASSWORD}, each request needs the password: HTTP Basic (RFC 7617), user {@code admin}.</li>
 * <li>A request that changes something must not come from a page of another origin ({@link SameOrigin}).</li>
 * </ol>
 * The filter that uses it decides which requests are checked. Create it lazily, after the environment was read: Quarkus creates
 * filters that are singletons during startup, and for native executables at build time.
 */
public final class AdminGuard {

    private static final int FORBIDDEN = 403;
    private static final int UNAUTHORIZED = 401;

    private final String name;
    private final String realm;
    private final HostNames names;
    private final Optional<Secret> credentials;

    /**
     * Creates a guard.
     *
     * @param name what is protected, as it appears in the sentence of a refusal: {@code the admin page}
     * @param realm the realm of HTTP Basic, without quotes; a browser sends the same password again for the same realm
     * @throws UnknownHostException if {@code HOST} is neither an address nor a known name
     */
    public AdminGuard(String name, String realm, AdminSettings settings) throws UnknownHostException {
        this.name = name;
        this.realm = realm;
        this.names = HostNames.of(settings.host(), settings.allowedHosts().orElse(List.of()));
        this.credentials = settings.password().map(password -> new Secret("admin:" + password));
    }

    /** Returns the answer for a request that is refused, or empty if the request is allowed. */
    public Optional<Response> check(ContainerRequestContext request) {
        if (credentials.isEmpty() && !names.include(request.getHeaderString(HttpHeaders.HOST))) {
            return refuse(FORBIDDEN, "Without ADMIN_PASSWORD " + name + " answers under localhost, and names of ALLOWED_HOSTS, only");
        }
        if (credentials.isPresent() && !isRight(credentials.get(), request.getHeaderString(HttpHeaders.AUTHORIZATION))) {
            return refuse(UNAUTHORIZED, Character.toUpperCase(name.charAt(0)) + name.substring(1)
                    + " asks for the user admin and ADMIN_PASSWORD");
        }
        if (SameOrigin.isBreachedBy(request)) {
            return refuse(FORBIDDEN, "A page of another origin must not change this");
        }
        return Optional.empty();
    }

    private static boolean isRight(Secret credentials, String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            return false;
        }
        try {
            return credentials.matches(Base64.getDecoder().decode(authorization.substring(6).strip()));
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    private Optional<Response> refuse(int status, String sentence) {
        var answer = Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(new ErrorBody(sentence));
        if (status == UNAUTHORIZED) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"" + realm + "\", charset=\"UTF-8\"");
        }
        return Optional.of(answer.build());
    }
}
