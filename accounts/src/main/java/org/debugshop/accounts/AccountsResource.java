package org.debugshop.accounts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.telemetry.LogFields;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jboss.resteasy.reactive.RestResponse.Status;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.Use;
import org.jose4j.lang.JoseException;

@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class AccountsResource {

    static final AttributeKey<String> USER_ID = AttributeKey.stringKey("shop.user.id");

    private static final String NO_STORE = "no-store";

    record State(String service, String status) {}

    /** What users see of themselves. */
    record Own(String id, String username, String email, Instant createdAt) {

        /** Returns no e-mail address. */
        @Override
        public String toString() {
            return "User " + id;
        }
    }

    /** What everybody sees of a user. */
    record Profile(String id, String username, Instant createdAt) {}

    private final ObjectMapper json;
    private final UserStore users;
    private final Passwords passwords;
    private final PasswordCheck check;
    private final Authenticator authenticator;
    private final Tokens tokens;
    private final KeyRing keys;

    AccountsResource(ObjectMapper json, UserStore users, Passwords passwords, PasswordCheck check, Authenticator authenticator,
            Tokens tokens, KeyRing keys) {
        this.json = json;
        this.users = users;
        this.passwords = passwords;
        this.check = check;
        this.authenticator = authenticator;
        this.tokens = tokens;
        this.keys = keys;
    }

    @GET
    @NonBlocking
    public State status() {
        return new State("Accounts Service", "UP");
    }

    @POST
    @Path("users")
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<RestResponse<Own>> signUp(byte[] body) {
        var wanted = SignUp.of(parse(body));
        return passwords.hash(wanted.password()).flatMap(hash -> {
            var user = new User(UUID.randomUUID(), wanted.username(), wanted.email(), hash, Instant.now().truncatedTo(ChronoUnit.MILLIS));
            return users.add(user).map(added -> {
                if (!added) {
                    throw new HttpError(409, "Username is taken");
                }
                Span.current().setAttribute(USER_ID, user.id().toString());
                try (var _ = LogFields.of(USER_ID, user.id().toString())) {
                    Log.info("Added a user");
                }
                return ResponseBuilder.create(Status.CREATED, own(user)).header(HttpHeaders.CACHE_CONTROL, NO_STORE).build();
            });
        });
    }

    @POST
    @Path("login")
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<RestResponse<Tokens.Token>> login(byte[] body) {
        var credentials = parse(body);
        return check.check(SignUp.text(credentials, "username"), SignUp.text(credentials, "password"))
                .invoke(user -> Span.current().setAttribute(USER_ID, user.id()))
                .flatMap(tokens::issue)
                .map(token -> ResponseBuilder.ok(token).header(HttpHeaders.CACHE_CONTROL, NO_STORE).build());
    }

    /** Reads a body here, because the parser's messages repeat parts of it, which may be a password, and Quarkus puts them on the span. */
    private JsonNode parse(byte[] body) {
        try {
            return body == null ? null : json.readTree(body);
        } catch (IOException unreadable) {
            throw HttpError.unreadableJson();
        }
    }

    @GET
    @Path("users/me")
    public Uni<RestResponse<Own>> me(@HeaderParam(HttpHeaders.AUTHORIZATION) List<String> authorization) {
        return authenticator.authenticate(authorization)
                .invoke(user -> Span.current().setAttribute(USER_ID, user.id()))
                .flatMap(user -> withId(user.id()))
                .map(found -> ResponseBuilder.ok(own(found.orElseThrow(AccountsResource::notFound)))
                        .header(HttpHeaders.CACHE_CONTROL, NO_STORE).build());
    }

    /** A user of another issuer has no record here, and any text as id. */
    private Uni<Optional<User>> withId(String id) {
        try {
            return users.withId(UUID.fromString(id));
        } catch (IllegalArgumentException none) {
            return Uni.createFrom().item(Optional.empty());
        }
    }

    @GET
    @Path("users/{username}")
    public Uni<Profile> user(@PathParam("username") String username) {
        var found = SignUp.isUsername(username) ? users.named(username) : Uni.createFrom().item(Optional.<User>empty());
        return found.map(user -> user.orElseThrow(AccountsResource::notFound))
                .invoke(user -> Span.current().setAttribute(USER_ID, user.id().toString()))
                .map(user -> new Profile(user.id().toString(), user.username(), user.createdAt()));
    }

    /** Returns the public keys (RFC 7517). */
    @GET
    @Path(".well-known/jwks.json")
    public Uni<RestResponse<String>> keys() {
        return keys.published().map(found -> ResponseBuilder
                .ok(new JsonWebKeySet(found.stream().map(AccountsResource::publicKey).toList())
                        .toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY))
                .header(HttpHeaders.CACHE_CONTROL, "public, max-age=" + KeyRing.FRESH.toSeconds()).build());
    }

    private static JsonWebKey publicKey(SigningKey key) {
        try {
            var isPublic = JsonWebKey.Factory.newJwk(key.publicKey());
            isPublic.setKeyId(key.kid());
            isPublic.setAlgorithm(key.algorithm());
            isPublic.setUse(Use.SIGNATURE);
            return isPublic;
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Own own(User user) {
        return new Own(user.id().toString(), user.username(), user.email(), user.createdAt());
    }

    private static HttpError notFound() {
        return HttpError.notFound("User not found");
    }
}
