package org.debugshop.accounts;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.core.http.HttpClient;
import io.vertx.mutiny.core.http.HttpClientRequest;
import io.vertx.mutiny.core.http.HttpClientResponse;
import jakarta.ws.rs.WebApplicationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.Key;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.debugshop.accounts.Refused.Reason;
import org.debugshop.defaults.upstream.Upstream;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.VerificationJwkSelector;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/**
 * Another issuer whose tokens are accepted, an OpenID provider ({@code OIDC_ISSUER}). Its keys are found by its discovery document when
 * the first of its tokens arrives. They are read again after ten minutes and for a token with an unknown key, at most every five
 * seconds. While it does not answer, tokens with known keys are accepted, and others are answered 503.
 */
class OidcIssuer {

    /** The shortest time between two attempts to read the keys. */
    static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration FRESH = Duration.ofMinutes(10);
    private static final int MAX_BYTES = 512 * 1024;

    private final String issuer;
    private final ObjectMapper json;
    private final HttpClient client;
    private final Upstream upstream;
    private final Cached<JsonWebKeySet> keys;

    /** @throws IllegalArgumentException if the issuer is no URL of http or https */
    OidcIssuer(Vertx vertx, ObjectMapper json, String issuer) {
        this(vertx, json, issuer, Upstream.timeoutOfEnvironment().dividedBy(2), System::nanoTime);
    }

    OidcIssuer(Vertx vertx, ObjectMapper json, String issuer, Duration timeout, LongSupplier nanoTime) {
        if (!issuer.matches("https?://[^\\s?#]+")) {
            throw new IllegalArgumentException("OIDC_ISSUER must be a URL, as the claim iss of its tokens has it");
        }
        this.issuer = issuer;
        this.json = json;
        this.client = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout(500).setIdleTimeout(10).setMaxPoolSize(2));
        this.upstream = new Upstream("oidc-issuer", timeout);
        this.keys = new Cached<>(this::load, FRESH, PAUSE, nanoTime);
    }

    /** Returns the key that has signed a token. Fails with a {@link Refused} if there is none, or the issuer does not answer. */
    Uni<Key> key(JsonWebSignature token) {
        return keys.get().flatMap(known -> select(token, known).map(Uni.createFrom()::item)
                .orElseGet(() -> keys.newer().map(newer -> select(token, newer).orElseThrow(() -> new Refused(Reason.UNKNOWN_KEY)))))
                .onFailure(failure -> !(failure instanceof Refused)).transform(Refused::issuerUnavailable);
    }

    /** Returns the key that has signed a token, if it is known without another look. */
    Optional<Key> knownKey(JsonWebSignature token) {
        return keys.current().flatMap(known -> select(token, known));
    }

    private static Optional<Key> select(JsonWebSignature token, JsonWebKeySet keys) {
        try {
            return Optional.ofNullable(new VerificationJwkSelector().select(token, keys.getJsonWebKeys())).map(key -> key.getKey());
        } catch (JoseException _) {
            return Optional.empty();
        }
    }

    private Uni<JsonWebKeySet> load() {
        return upstream.call(get(issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration").map(this::keysUrl).flatMap(this::get))
                .map(document -> {
                    try {
                        return new JsonWebKeySet(document.toString());
                    } catch (JoseException e) {
                        throw new IllegalStateException("The issuer's keys cannot be read", e);
                    }
                });
    }

    private String keysUrl(Buffer document) {
        try {
            var discovered = json.readTree(document.getBytes());
            var url = discovered.path("jwks_uri").asText();
            // OpenID Connect Discovery 1.0, section 4.3. Keys must not be less protected than the document that names them.
            if (!issuer.equals(discovered.path("issuer").asText()) || !url.startsWith(issuer.startsWith("https:") ? "https://" : "http")) {
                throw new IOException("The document of the issuer is not about it");
            }
            return url;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Uni<Buffer> get(String url) {
        return client.request(new RequestOptions().setMethod(HttpMethod.GET).setAbsoluteURI(url).putHeader("Accept", "application/json"))
                .flatMap(HttpClientRequest::send)
                .flatMap(OidcIssuer::body);
    }

    private static Uni<Buffer> body(HttpClientResponse answer) {
        if (answer.statusCode() != 200) {
            answer.request().reset();
            return Uni.createFrom().failure(new WebApplicationException(Math.max(answer.statusCode(), 500)));
        }
        return answer.toMulti().collect().in(Buffer::buffer, (all, chunk) -> {
            if (all.length() + chunk.length() > MAX_BYTES) {
                throw new IllegalStateException("The answer is too large");
            }
            all.appendBuffer(chunk);
        });
    }
}
