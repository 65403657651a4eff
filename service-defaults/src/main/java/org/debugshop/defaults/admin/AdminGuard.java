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
 * Decides which requests may reach what is meant for operators: an {@code /admin}, or the console. There are three rules, in this order:
 * <ol>
 * <li>Without {@code ADMIN_PASSWORD}, only the names of {@link HostNames} are answered. Otherwise a foreign page whose own name was made to
 * point here (DNS rebinding) would pass the third rule.</li>
 * <li>With {@code ADMIN_PASSWORD}, each request needs it: HTTP Basic (RFC 7617), user {@code admin}.</li>
 * <li>A request that changes something must not come from a page of another origin ({@link SameOrigin}).</li>
 * </ol>
 * Which requests are checked is up to the filter that uses it. Create it after the environment was read, so not in a filter that is a
 * singleton: Quarkus makes those while it starts, a native executable while it is built.
 */
public final class AdminGuard {

    private static final int FORBIDDEN = 403;
    private static final int UNAUTHORIZED = 401;

    private final String name;
    private final String realm;
    private final HostNames names;
    private final Optional<Secret> credentials;

    /**
     * @param name what is guarded, as the sentence of a refusal has it: {@code the admin page}
     * @param realm of HTTP Basic, without quotes: a browser offers the same password again for the same realm
     * @throws UnknownHostException if {@code HOST} is no address and no known name
     */
    public AdminGuard(String name, String realm, AdminSettings settings) throws UnknownHostException {
        this.name = name;
        this.realm = realm;
        this.names = HostNames.of(settings.host(), settings.allowedHosts().orElse(List.of()));
        this.credentials = settings.password().map(password -> new Secret("admin:" + password));
    }

    /** @return the answer to a request that is refused; empty when it may go on */
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
