package org.debugshop.console.api;

import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.debugshop.console.ConsoleConfig;
import org.debugshop.defaults.http.ErrorBody;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Asks for {@code ADMIN_PASSWORD}, if it is set: HTTP Basic (RFC 7617), user {@code admin}. It stands before the resources, behind the
 * matching of paths, so that no way to write a path goes around it.
 */
@Singleton
class AdminPassword {

    /** Filters are made while Quarkus starts, before it has read the environment. */
    private final Provider<ConsoleConfig> config;

    AdminPassword(Provider<ConsoleConfig> config) {
        this.config = config;
    }

    @ServerRequestFilter
    Optional<Response> check(ContainerRequestContext request) {
        Optional<String> password = config.get().adminPassword();
        if (password.isEmpty() || isRight(request.getHeaderString(HttpHeaders.AUTHORIZATION), password.get())) {
            return Optional.empty();
        }
        return Optional.of(Response.status(Response.Status.UNAUTHORIZED)
                .header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"console\", charset=\"UTF-8\"")
                .type(MediaType.APPLICATION_JSON_TYPE).entity(new ErrorBody("The console asks for the user admin and its password"))
                .build());
    }

    private boolean isRight(String authorization, String password) {
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith("basic ")) {
            return false;
        }
        try {
            // The digests have one length, so the time to compare them tells nothing of the password.
            byte[] expected = ("admin:" + password).getBytes(StandardCharsets.UTF_8);
            return MessageDigest.isEqual(sha256(expected), sha256(Base64.getDecoder().decode(authorization.substring(6).strip())));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
