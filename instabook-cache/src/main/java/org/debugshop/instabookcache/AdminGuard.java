package org.debugshop.instabookcache;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.UnknownHostException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.debugshop.defaults.admin.HostNames;
import org.debugshop.defaults.admin.SameOrigin;
import org.debugshop.defaults.http.ErrorBody;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/**
 * Stands before {@code /admin} and everything below it. Three rules, in this order:
 * <ol>
 * <li>Without {@code ADMIN_PASSWORD} it answers only to names that are meant for it ({@link HostNames}): a foreign page whose own name
 * was made to point here (DNS rebinding) would pass the third rule.</li>
 * <li>With {@code ADMIN_PASSWORD} it asks for it (Basic, user {@code admin}).</li>
 * <li>What changes state must not come from a page of another origin ({@link SameOrigin}).</li>
 * </ol>
 */
@ApplicationScoped // a singleton that is a filter is made before the environment is read; natively, in the build
public class AdminGuard {

    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final HostNames names;
    private final Optional<Secret> credentials;

    AdminGuard(@ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "shop.allowed-hosts") Optional<List<String>> allowed,
            @ConfigProperty(name = "shop.admin.password") Optional<String> password)
            throws UnknownHostException {
        this.names = HostNames.of(host, allowed.orElse(List.of()));
        this.credentials = password.map(secret -> new Secret("admin:" + secret));
    }

    @ServerRequestFilter(preMatching = true)
    public Optional<Response> check(ContainerRequestContext request) {
        if (!isAdmin(request)) {
            return Optional.empty();
        }
        if (credentials.isEmpty() && !names.include(request.getHeaderString(HttpHeaders.HOST))) {
            return refuse(403, "Without ADMIN_PASSWORD the admin page answers under localhost, and names of ALLOWED_HOSTS, only");
        }
        if (credentials.isPresent() && !credentials.get().matches(credentials(request.getHeaderString(HttpHeaders.AUTHORIZATION)))) {
            return refuse(401, "The admin page asks for the user admin and ADMIN_PASSWORD");
        }
        if (SameOrigin.isBreachedBy(request)) {
            return refuse(403, "A page of another origin must not change this");
        }
        return Optional.empty();
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

    /** @return {@code user:password}, or an empty text, which matches nothing */
    private static String credentials(String authorization) {
        if (authorization != null && authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            try {
                return new String(Base64.getDecoder().decode(authorization.substring(6).strip()), UTF_8);
            } catch (IllegalArgumentException notBase64) {
                return "";
            }
        }
        return "";
    }

    private static Optional<Response> refuse(int status, String sentence) {
        var answer = Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(new ErrorBody(sentence));
        if (status == 401) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"instabook-cache admin\", charset=\"UTF-8\"");
        }
        return Optional.of(answer.build());
    }
}
