package org.debugshop.gateway.session;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.util.Optional;
import org.debugshop.defaults.admin.SameOrigin;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.routes.Logins;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.debugshop.gateway.edge.AuthenticationUpstream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/** Logs users of the storefront in and out, and says who is logged in. The token itself is only in the {@link SessionCookie}. */
@Path("/session")
public class SessionResource {

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    /**
     * The user of a session.
     *
     * @param username null if nobody is logged in
     * @param userId absent if it isn't known
     */
    record User(String username, @JsonInclude(JsonInclude.Include.NON_NULL) String userId) {

        static final User NONE = new User(null, null);
    }

    private final Optional<LoginClient> logins;
    private final Optional<AuthClient> auth;
    private final ObjectMapper json;
    private final Logins users;
    private final Upstream accounts = Upstream.named("accounts");
    private final Upstream authentication;

    /** The clients are only resolved if there are addresses for them. */
    SessionResource(@RestClient Instance<LoginClient> logins, @ConfigProperty(name = "shop.accounts.url") Optional<String> accountsUrl,
            @RestClient Instance<AuthClient> auth, @ConfigProperty(name = "shop.edge-auth.url") Optional<String> authUrl,
            AuthenticationUpstream authentication, Logins users, ObjectMapper json) {
        this.logins = accountsUrl.filter(url -> !url.isBlank()).map(_ -> logins.get());
        this.auth = authUrl.filter(url -> !url.isBlank()).map(_ -> auth.get());
        this.authentication = authentication.get();
        this.users = users;
        this.json = json;
    }

    /** Says who is logged in. Without credentials, no other service is asked. */
    @GET
    public Uni<RestResponse<User>> caller(@HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
            @Context HttpServerRequest request) {
        if (authorization == null) {
            return Uni.createFrom().item(answer(User.NONE).build());
        }
        if (auth.isEmpty()) {
            return Uni.createFrom().item(loggedOut(request));
        }
        return authentication.call(auth.get().caller(authorization))
                .invoke(known -> users.learn(authorization, known.getHeaderString(AuthClient.USER_NAME)))
                .map(known -> answer(new User(known.getHeaderString(AuthClient.USER_NAME), known.getHeaderString(AuthClient.USER_ID)))
                        .build())
                .onFailure(SessionResource::isExpired).recoverWithItem(() -> loggedOut(request));
    }

    /** Logs a user in. A refusal is that of accounts, unchanged. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<RestResponse<User>> logIn(@Context HttpServerRequest request, byte[] credentials) {
        requireSameOrigin(request);
        var username = username(credentials);
        return accounts.call(logins.orElseThrow(() -> new HttpError(503, "There is no accounts service here")).logIn(credentials))
                .invoke(login -> users.learn("Bearer " + login.token(), username))
                .map(login -> answer(new User(username, null)).header(HttpHeaders.SET_COOKIE, SessionCookie.of(login, request)).build());
    }

    /** Reads the name here, because the parser's messages repeat parts of the body, which may be a password. */
    private String username(byte[] credentials) {
        try {
            return json.readTree(credentials).path("username").asText(null);
        } catch (IOException unreadable) {
            throw HttpError.unreadableJson();
        }
    }

    /** Logs the user out of this browser. The token itself stays valid until it expires. */
    @DELETE
    public RestResponse<User> logOut(@Context HttpServerRequest request) {
        requireSameOrigin(request);
        return loggedOut(request);
    }

    /** The handler of the cookie checks the origin only if there is a cookie. A foreign page must not log a visitor in either. */
    private static void requireSameOrigin(HttpServerRequest request) {
        if (SameOrigin.isBreachedBy(request)) {
            SessionCookie.recordRefusal();
            throw new HttpError(FORBIDDEN, SessionCookie.CROSS_ORIGIN);
        }
    }

    private static RestResponse<User> loggedOut(HttpServerRequest request) {
        return answer(User.NONE).header(HttpHeaders.SET_COOKIE, SessionCookie.expired(request)).build();
    }

    private static ResponseBuilder<User> answer(User user) {
        return ResponseBuilder.ok(user, MediaType.APPLICATION_JSON_TYPE).header(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    private static boolean isExpired(Throwable failure) {
        return failure instanceof UpstreamFailure refusal && UpstreamFailure.isRefusal(failure) && refusal.upstreamStatus() == UNAUTHORIZED;
    }
}
