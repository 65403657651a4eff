package org.debugshop.accounts;

import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.DefaultJWTTokenParser;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.ParseException;
import io.smallrye.jwt.build.Jwt;
import io.smallrye.mutiny.Uni;
import java.security.Key;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.debugshop.accounts.Refused.Reason;
import org.debugshop.accounts.VerifiedTokens.Verified;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.lang.JoseException;

/** Makes the tokens of this service, and checks tokens of this service and of {@code OIDC_ISSUER}. */
class Tokens {

    /**
     * The settings.
     *
     * @param issuer the claim {@code iss} ({@code TOKEN_ISSUER})
     * @param ttl how long a token is valid ({@code TOKEN_TTL})
     * @param audience what tokens of the other issuer must be meant for ({@code OIDC_AUDIENCE}); empty if they may be meant for anything
     */
    record Settings(String issuer, Duration ttl, Optional<String> audience) {

        private static final Duration SHORTEST = Duration.ofSeconds(1);
        private static final Duration LONGEST = Duration.ofDays(30);

        Settings {
            if (ttl.compareTo(SHORTEST) < 0 || ttl.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("TOKEN_TTL must be from 1s to 30d, not " + ttl);
            }
        }
    }

    /** The answer to a login. */
    record Token(String token, String tokenType, long expiresIn) {

        /** Returns no token, so that no log shows one. */
        @Override
        public String toString() {
            return tokenType;
        }
    }

    /** The parameters of a JOSE header that this reads, which have to be texts (RFC 7515, section 4.1). The library expects that of them. */
    private static final List<String> TEXTS = List.of("kid", "alg");
    private static final Set<String> GROUPS = Set.of("user");
    /** What can be a header's value: ids and names of the other issuer are any text. */
    private static final Pattern HEADER_VALUE = Pattern.compile("[!-~]([ -~]{0,254}[!-~])?");

    private final Settings settings;
    private final KeyRing keys;
    private final UserStore users;
    private final Optional<OidcIssuer> otherIssuer;
    private final Optional<String> otherIssuerName;
    private final VerifiedTokens remembered;
    private final InstantSource clock;

    Tokens(Settings settings, KeyRing keys, UserStore users, Optional<String> otherIssuerName, Optional<OidcIssuer> otherIssuer,
            VerifiedTokens remembered, InstantSource clock) {
        this.settings = settings;
        this.keys = keys;
        this.users = users;
        this.otherIssuerName = otherIssuerName;
        this.otherIssuer = otherIssuer;
        this.remembered = remembered;
        this.clock = clock;
    }

    Uni<Token> issue(Identity user) {
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var end = now.plus(settings.ttl);
        return keys.signing(end).map(key -> new Token(Jwt.issuer(settings.issuer)
                .subject(user.id()).upn(user.name()).groups(GROUPS).issuedAt(now).expiresAt(end)
                .jws().keyId(key.kid()).algorithm(SignatureAlgorithm.fromAlgorithm(key.algorithm()))
                .sign(key.privateKey().orElseThrow()), "Bearer", settings.ttl.toSeconds()));
    }

    /** Returns whom the token belongs to. Fails with a {@link Refused} if it is not valid. */
    Uni<Identity> check(String token) {
        return Uni.createFrom().deferred(() -> remembered.find(token)
                .map(known -> {
                    requireTime(known.end());
                    return Uni.createFrom().item(known.identity());
                })
                .orElseGet(() -> verify(token).invoke(verified -> remembered.add(token, verified)).map(Verified::identity)));
    }

    private Uni<Verified> verify(String token) {
        return Uni.createFrom().deferred(() -> {
            var jws = new JsonWebSignature();
            String issuer;
            try {
                jws.setCompactSerialization(token);
                issuer = JwtClaims.parse(jws.getUnverifiedPayload()).getIssuer();
            } catch (JoseException | InvalidJwtException | MalformedClaimException _) {
                throw new Refused(Reason.INVALID_TOKEN);
            }
            if (TEXTS.stream().map(jws.getHeaders()::getObjectHeaderValue).anyMatch(value -> value != null && !(value instanceof String))) {
                throw new Refused(Reason.INVALID_TOKEN);
            }
            if (jws.getKeyIdHeaderValue() == null) {
                throw new Refused(Reason.UNKNOWN_KEY);
            }
            if (settings.issuer.equals(issuer)) {
                return ofThisService(jws.getKeyIdHeaderValue(), token);
            }
            if (otherIssuerName.isPresent() && otherIssuerName.get().equals(issuer)) {
                return ofTheOtherIssuer(header(jws), token);
            }
            throw new Refused(Reason.UNKNOWN_ISSUER);
        });
    }

    private Uni<Verified> ofThisService(String kid, String token) {
        return keys.find(kid).map(found -> {
            var key = found.orElseThrow(() -> new Refused(Reason.UNKNOWN_KEY));
            var claims = claims(token, settings.issuer, key.publicKey(), Set.of(SignatureAlgorithm.fromAlgorithm(key.algorithm())),
                    Optional.empty());
            return new Verified(
                    new Identity(text(claims, "sub").orElseThrow(Tokens::invalid), text(claims, "upn").orElseThrow(Tokens::invalid)),
                    end(claims), key.publicKey(), () -> keys.known(kid).map(SigningKey::publicKey));
        });
    }

    /** Returns only the header of a token, by which its key is found. The token itself must not be remembered. */
    private static JsonWebSignature header(JsonWebSignature jws) {
        var header = new JsonWebSignature();
        try {
            header.getHeaders().setFullHeaderAsJsonString(jws.getHeaders().getFullHeaderAsJsonString());
        } catch (JoseException e) {
            throw new IllegalStateException("It has been read before", e);
        }
        return header;
    }

    /** A subject that is the id of a user here would give the other issuer's user what belongs to this one. */
    private Uni<Verified> ofTheOtherIssuer(JsonWebSignature header, String token) {
        var other = otherIssuer.orElseThrow();
        return other.key(header).map(key -> {
            if (!(key instanceof PublicKey isPublic)) {
                throw new Refused(Reason.UNKNOWN_KEY);
            }
            var claims = claims(token, otherIssuerName.orElseThrow(), isPublic, algorithms(key), settings.audience);
            var id = text(claims, "sub").orElseThrow(Tokens::invalid);
            return new Verified(new Identity(id, text(claims, "upn").or(() -> text(claims, "preferred_username")).orElse(id)),
                    end(claims), key, () -> other.knownKey(header));
        }).call(verified -> uuid(verified.identity().id())
                .map(id -> users.withId(id).invoke(found -> {
                    if (found.isPresent()) {
                        throw new Refused(Reason.SUBJECT_TAKEN);
                    }
                })).orElseGet(() -> Uni.createFrom().item(Optional.empty())));
    }

    private static Optional<UUID> uuid(String id) {
        try {
            return Optional.of(UUID.fromString(id));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    /** Returns the algorithms that are for keys of this kind. A key of one kind must not be used as one of another. */
    private static Set<SignatureAlgorithm> algorithms(Key key) {
        return key instanceof ECPublicKey
                ? Set.of(SignatureAlgorithm.ES256, SignatureAlgorithm.ES384, SignatureAlgorithm.ES512)
                : Set.of(SignatureAlgorithm.RS256, SignatureAlgorithm.RS384, SignatureAlgorithm.RS512, SignatureAlgorithm.PS256,
                        SignatureAlgorithm.PS384, SignatureAlgorithm.PS512, SignatureAlgorithm.EDDSA);
    }

    private JwtClaims claims(String token, String issuer, PublicKey key, Set<SignatureAlgorithm> algorithms, Optional<String> audience) {
        var expected = new JWTAuthContextInfo();
        expected.setIssuedBy(issuer);
        expected.setPublicVerificationKey(key);
        expected.setSignatureAlgorithm(algorithms);
        expected.setExpectedAudience(audience.map(Set::of).orElse(null));
        try {
            var claims = new DefaultJWTTokenParser().parse(token, expected).getJwtClaims();
            requireTime(end(claims));
            return claims;
        } catch (ParseException e) {
            throw new Refused(reason(e));
        }
    }

    private static Instant end(JwtClaims claims) {
        try {
            return Instant.ofEpochMilli(claims.getExpirationTime().getValueInMillis());
        } catch (MalformedClaimException _) {
            throw invalid();
        }
    }

    /** Has no tolerance, other than the parser, because this service has made most of the tokens itself. */
    private void requireTime(Instant end) {
        if (!end.isAfter(clock.instant())) {
            throw new Refused(Reason.EXPIRED_TOKEN);
        }
    }

    private static Reason reason(Exception failure) {
        var invalid = Stream.iterate((Throwable) failure, Objects::nonNull, Throwable::getCause)
                .filter(InvalidJwtException.class::isInstance)
                .map(InvalidJwtException.class::cast).findFirst();
        return invalid.filter(InvalidJwtException::hasExpired).isPresent()
                ? Reason.EXPIRED_TOKEN
                : invalid
                        .filter(found -> found.hasErrorCode(ErrorCodes.AUDIENCE_INVALID) || found.hasErrorCode(ErrorCodes.AUDIENCE_MISSING))
                        .isPresent() ? Reason.WRONG_AUDIENCE : Reason.INVALID_TOKEN;
    }

    private static Optional<String> text(JwtClaims claims, String name) {
        return Optional.ofNullable(claims.getClaimValue(name)).filter(String.class::isInstance).map(String.class::cast)
                .filter(value -> HEADER_VALUE.matcher(value).matches());
    }

    private static Refused invalid() {
        return new Refused(Reason.INVALID_TOKEN);
    }
}
