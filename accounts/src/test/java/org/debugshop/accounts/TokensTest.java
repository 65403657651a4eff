package org.debugshop.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.mutiny.Uni;
import java.security.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.debugshop.accounts.Refused.Reason;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that somebody has forged or changed are refused. */
class TokensTest {

    private static final Identity ALICE = new Identity("2f0d6b0e-0000-4000-8000-000000000001", "alice");
    private static final Duration TTL = Duration.ofHours(1);

    private final Time time = new Time();
    private final Set<String> removed = new HashSet<>();
    private final MemoryKeys store = new MemoryKeys() {
        @Override
        public Uni<List<SigningKey>> keys(Instant now) {
            return super.keys(now).map(found -> found.stream().filter(key -> !removed.contains(key.kid())).toList());
        }
    };
    private final VerifiedTokens remembered = new VerifiedTokens(time::nanos);
    private final KeyRing keys = new KeyRing(store, Optional.empty(), Duration.ofDays(30), time, time::nanos);
    private final Tokens tokens = tokens(keys);

    private Tokens tokens(KeyRing ring) {
        return new Tokens(new Tokens.Settings("debug-shop", TTL, Optional.empty()), ring, new MemoryUsers(), Optional.empty(),
                Optional.empty(), remembered, time);
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(60));
    }

    private SigningKey key() {
        return get(keys.signing(time.instant().plus(TTL)));
    }

    private void mustBeRefused(String token, Reason reason) {
        assertThatThrownBy(() -> get(tokens.check(token))).isInstanceOfSatisfying(Refused.class,
                refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    /** Makes a token as this service does, with a difference. */
    private String token(Key key, Consumer<JsonWebSignature> ofHeader, Consumer<JwtClaims> ofClaims) {
        var claims = new JwtClaims();
        claims.setIssuer("debug-shop");
        claims.setSubject(ALICE.id());
        claims.setClaim("upn", ALICE.name());
        claims.setIssuedAt(NumericDate.fromMilliseconds(time.millis()));
        claims.setExpirationTime(NumericDate.fromMilliseconds(time.millis() + TTL.toMillis()));
        ofClaims.accept(claims);
        var jws = new JsonWebSignature();
        jws.setPayload(claims.toJson());
        jws.setAlgorithmHeaderValue("ES256");
        jws.setKeyIdHeaderValue(key().kid());
        jws.setKey(key);
        jws.setDoKeyValidation(false);
        jws.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        ofHeader.accept(jws);
        try {
            return jws.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private String token(Consumer<JwtClaims> ofClaims) {
        return token(key().privateKey().orElseThrow(), _ -> {}, ofClaims);
    }

    @Test
    void shouldAcceptItsOwnTokens() {
        assertThat(get(tokens.check(get(tokens.issue(ALICE)).token()))).isEqualTo(ALICE);
        assertThat(get(tokens.check(token(_ -> {})))).isEqualTo(ALICE);
    }

    @Test
    void shouldAcceptItsOwnTokensOfRsa() throws Exception {
        var generator = java.security.KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        var own = Keys.ofPem("-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----", time.instant());
        var rsa = tokens(new KeyRing(new MemoryKeys(), Optional.of(own), Duration.ofDays(30), time, time::nanos));
        var token = get(rsa.issue(ALICE)).token();

        assertThat(new String(Base64.getUrlDecoder().decode(token.split("\\.")[0]), UTF_8)).contains("\"RS256\"", own.kid());
        assertThat(get(rsa.check(token))).isEqualTo(ALICE);
    }

    @Test
    void shouldRefuseATokenFromItsLastSecondOn() {
        var token = get(tokens.issue(ALICE)).token();
        time.pass(TTL.minusSeconds(1));
        assertThat(get(tokens.check(token))).isEqualTo(ALICE);
        time.pass(Duration.ofSeconds(1));
        mustBeRefused(token, Reason.EXPIRED_TOKEN);
        time.pass(Duration.ofDays(1));
        mustBeRefused(token, Reason.EXPIRED_TOKEN);
    }

    @Test
    void shouldRememberAVerifiedTokenForAMinute() {
        var token = get(tokens.issue(ALICE)).token();
        assertThat(remembered.find(token)).isEmpty();
        assertThat(get(tokens.check(token))).isEqualTo(ALICE);
        assertThat(remembered.find(token)).hasValueSatisfying(known -> assertThat(known.identity()).isEqualTo(ALICE));

        // So it is not verified again.
        remembered.add(token, new VerifiedTokens.Verified(new Identity("other", "other"), time.instant().plus(TTL), key().publicKey(),
                () -> Optional.of(key().publicKey())));
        assertThat(get(tokens.check(token)).id()).isEqualTo("other");

        time.pass(VerifiedTokens.REMEMBERED);
        assertThat(remembered.find(token)).isEmpty();
        assertThat(get(tokens.check(token))).isEqualTo(ALICE);
    }

    @Test
    void shouldRefuseARememberedTokenOnceItHasExpired() {
        var token = token(claims -> claims.setExpirationTime(NumericDate.fromMilliseconds(time.millis() + 30_000)));
        assertThat(get(tokens.check(token))).isEqualTo(ALICE);
        time.pass(Duration.ofSeconds(29));
        assertThat(get(tokens.check(token))).isEqualTo(ALICE);
        time.pass(Duration.ofSeconds(1));
        assertThat(remembered.size()).isEqualTo(1);
        mustBeRefused(token, Reason.EXPIRED_TOKEN);
    }

    @Test
    void shouldRefuseARememberedTokenOnceItsKeyHasBeenRemoved() {
        var token = get(tokens.issue(ALICE)).token();
        assertThat(get(tokens.check(token))).isEqualTo(ALICE);

        removed.add(key().kid());
        time.pass(Duration.ofSeconds(1));
        // An unknown key makes the service read its keys again.
        mustBeRefused(token(key().privateKey().orElseThrow(), jws -> jws.setKeyIdHeaderValue("unknown"), _ -> {}), Reason.UNKNOWN_KEY);
        assertThat(remembered.size()).isEqualTo(1);
        mustBeRefused(token, Reason.UNKNOWN_KEY);
    }

    @Test
    void shouldNotTakeAChangedTokenForTheOneThatItRemembers() {
        var token = get(tokens.issue(ALICE)).token();
        assertThat(get(tokens.check(token))).isEqualTo(ALICE);

        var parts = token.split("\\.");
        var changed = new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8).replace("alice", "mallo");
        mustBeRefused(parts[0] + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(changed.getBytes(UTF_8)) + "." + parts[2],
                Reason.INVALID_TOKEN);
        mustBeRefused(parts[0] + "." + parts[1] + "." + "A".repeat(parts[2].length()), Reason.INVALID_TOKEN);
        assertThat(remembered.size()).isEqualTo(1);
    }

    @Test
    void shouldNotRememberARefusedToken() {
        mustBeRefused(token(claims -> claims.setNotBefore(NumericDate.fromMilliseconds(time.millis() + TTL.toMillis() / 2))),
                Reason.INVALID_TOKEN);
        mustBeRefused(token(claims -> claims.unsetClaim("upn")), Reason.INVALID_TOKEN);
        assertThat(remembered.size()).isZero();
    }

    @Test
    void shouldRememberABoundedNumberOfTokens() {
        var verified = new VerifiedTokens.Verified(ALICE, time.instant(), key().publicKey(), Optional::empty);
        for (var i = 0; i < VerifiedTokens.MAX + 100; i++) {
            remembered.add("token " + i, verified);
        }
        assertThat(remembered.size()).isEqualTo(VerifiedTokens.MAX);
    }

    @Test
    void shouldRefuseATokenThatNeverExpires() {
        mustBeRefused(token(claims -> claims.unsetClaim("exp")), Reason.INVALID_TOKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sub", "upn"})
    void shouldRefuseATokenOfNoUser(String claim) {
        mustBeRefused(token(claims -> claims.unsetClaim(claim)), Reason.INVALID_TOKEN);
        mustBeRefused(token(claims -> claims.setClaim(claim, "a\r\nX-User-Id: b")), Reason.INVALID_TOKEN);
        mustBeRefused(token(claims -> claims.setClaim(claim, Map.of("a", 1))), Reason.INVALID_TOKEN);
    }

    @Test
    void shouldRefuseAnotherIssuer() {
        mustBeRefused(token(claims -> claims.setIssuer("somebody")), Reason.UNKNOWN_ISSUER);
        mustBeRefused(token(claims -> claims.unsetClaim("iss")), Reason.UNKNOWN_ISSUER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"alg\":\"ES256\",\"kid\":1}", "{\"alg\":5,\"kid\":\"a\"}", "{\"alg\":\"ES256\",\"kid\":{}}", "[]", "1"})
    void shouldRefuseAHeaderThatIsNotOfTexts(String header) {
        var parts = get(tokens.issue(ALICE)).token().split("\\.");
        mustBeRefused(Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(UTF_8)) + "." + parts[1] + "." + parts[2],
                Reason.INVALID_TOKEN);
    }

    @Test
    void shouldRefuseAChangedToken() {
        var parts = get(tokens.issue(ALICE)).token().split("\\.");
        var changed = new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8).replace("alice", "mallo");
        mustBeRefused(parts[0] + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(changed.getBytes(UTF_8)) + "." + parts[2],
                Reason.INVALID_TOKEN);
        mustBeRefused(parts[0] + "." + parts[1] + ".", Reason.INVALID_TOKEN);
    }

    @Test
    void shouldRefuseAnotherKey() {
        var other = Keys.generate(1, time.instant());
        mustBeRefused(token(other.privateKey().orElseThrow(), _ -> {}, _ -> {}), Reason.INVALID_TOKEN);
        mustBeRefused(token(other.privateKey().orElseThrow(), jws -> jws.setKeyIdHeaderValue(other.kid()), _ -> {}), Reason.UNKNOWN_KEY);
    }

    @Test
    void shouldRefuseATokenWithoutAKid() {
        mustBeRefused(token(key().privateKey().orElseThrow(), jws -> jws.getHeaders().setObjectHeaderValue("kid", null), _ -> {}),
                Reason.UNKNOWN_KEY);
    }

    /** The key that came with the token would check it. */
    @Test
    void shouldNotTakeTheKeyFromTheToken() {
        var other = Keys.generate(1, time.instant());
        mustBeRefused(token(other.privateKey().orElseThrow(), jws -> {
            try {
                jws.getHeaders().setJwkHeaderValue("jwk", org.jose4j.jwk.PublicJsonWebKey.Factory.newPublicJwk(other.publicKey()));
            } catch (JoseException e) {
                throw new IllegalStateException(e);
            }
        }, _ -> {}), Reason.INVALID_TOKEN);
    }

    @Test
    void shouldRefuseATokenWithoutASignature() {
        mustBeRefused(token(null, jws -> jws.setAlgorithmHeaderValue("none"), _ -> {}), Reason.INVALID_TOKEN);
    }

    /** The public key is known to all, so it must not be taken for a secret one. */
    @ParameterizedTest
    @ValueSource(strings = {"HS256", "HS384", "HS512"})
    void shouldRefuseAPublicKeyAsASecret(String algorithm) {
        mustBeRefused(token(new HmacKey(key().publicKey().getEncoded()), jws -> jws.setAlgorithmHeaderValue(algorithm), _ -> {}),
                Reason.INVALID_TOKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "PS256"})
    void shouldRefuseTheAlgorithmOfAnotherKindOfKey(String algorithm) throws Exception {
        var generator = java.security.KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        mustBeRefused(token(generator.generateKeyPair().getPrivate(), jws -> jws.setAlgorithmHeaderValue(algorithm), _ -> {}),
                Reason.INVALID_TOKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a.b", "a.b.c.d.e", "bnVsbA.bnVsbA.bnVsbA", "W10.W10.W10"})
    void shouldRefuseWhatIsNoToken(String token) {
        mustBeRefused(token, Reason.INVALID_TOKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "-PT1S", "PT721H"})
    void shouldRefuseToStartWithATtlOutOfBounds(Duration ttl) {
        assertThatThrownBy(() -> new Tokens.Settings("debug-shop", ttl, Optional.empty()))
                .hasMessageStartingWith("TOKEN_TTL must be from 1s to 30d");
    }
}
