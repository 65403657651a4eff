package org.debugshop.accounts;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.accounts.Client.auth;
import static org.debugshop.accounts.Client.awaitReady;
import static org.debugshop.accounts.Client.newName;
import static org.debugshop.accounts.Client.signUp;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An OpenID provider, played by WireMock: its documents are as OpenID Connect Discovery has them, and its tokens are signed. */
@QuarkusTest
@TestProfile(OidcIssuerTest.WithAnAudience.class)
@QuarkusTestResource(value = OidcIssuerTest.Provider.class, restrictToAnnotatedClass = true)
class OidcIssuerTest {

    public static class WithAnAudience implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("shop.oidc.audience", "shop");
        }
    }

    public static class Provider implements QuarkusTestResourceLifecycleManager {
        private static final WireMockServer SERVER = new WireMockServer(0);

        @Override
        public Map<String, String> start() {
            SERVER.start();
            return Map.of("shop.oidc.issuer", issuer());
        }

        static String issuer() {
            return "http://localhost:" + SERVER.port() + "/realms/shop";
        }

        @Override
        public void stop() {
            SERVER.stop();
        }
    }

    private static final String DISCOVERY = "/realms/shop/.well-known/openid-configuration";
    private static final String CERTS = "/realms/shop/certs";

    @Inject
    Vertx vertx;

    @Inject
    KeyRing keys;

    @Inject
    UserStore users;

    private static PublicJsonWebKey rsa;
    private static PublicJsonWebKey otherRsa;
    private static PublicJsonWebKey ec;

    @BeforeAll
    static void makeKeys() throws JoseException {
        rsa = RsaJwkGenerator.generateJwk(2048);
        rsa.setKeyId("rsa");
        otherRsa = RsaJwkGenerator.generateJwk(2048);
        ec = EcJwkGenerator.generateJwk(EllipticCurves.P256);
        ec.setKeyId("ec");
    }

    @BeforeEach
    void start() {
        awaitReady();
        Provider.SERVER.resetAll();
        Provider.SERVER
                .stubFor(get(DISCOVERY).willReturn(okJson("{\"issuer\":\"" + Provider.issuer() + "\",\"jwks_uri\":\"http://localhost:"
                        + Provider.SERVER.port() + CERTS + "\"}")));
        publish(rsa, ec);
    }

    private static void publish(PublicJsonWebKey... published) {
        Provider.SERVER.stubFor(get(CERTS).willReturn(okJson(new JsonWebKeySet(published).toJson())));
    }

    /** A service of its own, so that it has read no keys yet. */
    private Tokens tokens(Duration timeout) {
        return new Tokens(new Tokens.Settings("debug-shop", Duration.ofHours(1), Optional.of("shop")), keys, users,
                Optional.of(Provider.issuer()),
                Optional.of(new OidcIssuer(vertx, new ObjectMapper(), Provider.issuer(), timeout, time::nanos)),
                remembered, InstantSource.system());
    }

    private final Time time = new Time();
    private final VerifiedTokens remembered = new VerifiedTokens(time::nanos);
    private Tokens tokens;

    private Object check(String token) {
        if (tokens == null) {
            tokens = tokens(Duration.ofSeconds(5));
        }
        try {
            return tokens.check(token).await().atMost(Duration.ofSeconds(60));
        } catch (Refused refused) {
            return refused.reason();
        }
    }

    private static PublicJsonWebKey unknownKey() {
        try {
            var key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
            key.setKeyId("unknown");
            return key;
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String token(PublicJsonWebKey key, String algorithm, Consumer<JwtClaims> ofClaims) {
        var claims = new JwtClaims();
        claims.setIssuer(Provider.issuer());
        claims.setSubject("f:1:jane");
        claims.setClaim("preferred_username", "jane");
        claims.setAudience("account", "shop");
        claims.setIssuedAtToNow();
        claims.setExpirationTimeMinutesInTheFuture(5);
        ofClaims.accept(claims);
        var jws = new JsonWebSignature();
        jws.setPayload(claims.toJson());
        jws.setAlgorithmHeaderValue(algorithm);
        jws.setKeyIdHeaderValue(key.getKeyId());
        jws.setKey(algorithm.startsWith("HS") ? new HmacKey(key.getPublicKey().getEncoded()) : key.getPrivateKey());
        try {
            return jws.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private String token(Consumer<JwtClaims> ofClaims) {
        return token(rsa, "RS256", ofClaims);
    }

    @Test
    void shouldAllowARequestWithATokenOfTheIssuer() {
        ValidatableResponse answer = auth(token(_ -> {}));
        answer.statusCode(200).header("X-User-Id", "f:1:jane").header("X-User-Name", "jane");
        var name = newName();
        signUp(name);
        auth(Client.token(name)).statusCode(200).header("X-User-Name", name);
        auth(token(claims -> claims.setAudience("other"))).statusCode(401).body("error", equalTo("The token is not valid"));
        given().header("Authorization", "Bearer " + token(_ -> {})).get("/users/me").then().statusCode(404)
                .body("error", equalTo("User not found"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS512", "PS256"})
    void shouldAcceptTheAlgorithmsOfAnRsaKey(String algorithm) {
        assertThat(check(token(rsa, algorithm, _ -> {}))).isEqualTo(new Identity("f:1:jane", "jane"));
    }

    @Test
    void shouldAcceptAnEllipticCurve() {
        assertThat(check(token(ec, "ES256", _ -> {}))).isEqualTo(new Identity("f:1:jane", "jane"));
    }

    @Test
    void shouldTakeTheNameOfTheUserFromTheFirstClaimThatHasOne() {
        assertThat(check(token(claims -> claims.setClaim("upn", "upn")))).isEqualTo(new Identity("f:1:jane", "upn"));
        assertThat(check(token(claims -> claims.unsetClaim("preferred_username")))).isEqualTo(new Identity("f:1:jane", "f:1:jane"));
        assertThat(check(token(claims -> claims.setClaim("preferred_username", "Zoë\r\nX-User-Id: 1"))))
                .isEqualTo(new Identity("f:1:jane", "f:1:jane"));
    }

    @Test
    void shouldRefuseWhatTheIssuerHasNotMade() {
        assertThat(check(token(claims -> claims.setIssuer(Provider.issuer() + "/")))).isEqualTo(Refused.Reason.UNKNOWN_ISSUER);
        assertThat(check(token(rsa, "HS256", _ -> {}))).isIn(Refused.Reason.UNKNOWN_KEY, Refused.Reason.INVALID_TOKEN);
        var other = otherRsa;
        other.setKeyId(rsa.getKeyId());
        assertThat(check(token(other, "RS256", _ -> {}))).isEqualTo(Refused.Reason.INVALID_TOKEN);
        other.setKeyId(null);
        assertThat(check(token(other, "RS256", _ -> {}))).isEqualTo(Refused.Reason.UNKNOWN_KEY);
        assertThat(check(token(claims -> {
            claims.setIssuedAt(NumericDate.fromSeconds(NumericDate.now().getValue() - 60));
            claims.setExpirationTimeMinutesInTheFuture(-0.1f);
        }))).isEqualTo(Refused.Reason.EXPIRED_TOKEN);
        assertThat(check(token(JwtClaims::setIssuedAtToNow).replaceFirst(".{20}$", "A".repeat(20))))
                .isEqualTo(Refused.Reason.INVALID_TOKEN);
        assertThat(check(token(claims -> claims.unsetClaim("sub")))).isEqualTo(Refused.Reason.INVALID_TOKEN);
    }

    @Test
    void shouldRefuseATokenForSomethingElse() {
        assertThat(check(token(claims -> claims.setAudience("other")))).isEqualTo(Refused.Reason.WRONG_AUDIENCE);
        assertThat(check(token(claims -> claims.unsetClaim("aud")))).isEqualTo(Refused.Reason.WRONG_AUDIENCE);
    }

    /** Otherwise a user of the issuer could get the orders of a user here. */
    @Test
    void shouldRefuseASubjectThatIsAUserHere() {
        var id = signUp(newName()).extract().<String>path("id");
        assertThat(check(token(claims -> claims.setSubject(id)))).isEqualTo(Refused.Reason.SUBJECT_TAKEN);
        assertThat(check(token(claims -> claims.setSubject(id.toUpperCase(Locale.ROOT)))))
                .isEqualTo(Refused.Reason.SUBJECT_TAKEN);
        var free = UUID.randomUUID().toString();
        assertThat(check(token(claims -> claims.setSubject(free)))).isEqualTo(new Identity(free, "jane"));
    }

    @Test
    void shouldRefuseARememberedTokenWhoseKeyTheIssuerNoLongerPublishes() {
        var token = token(_ -> {});
        assertThat(check(token)).isEqualTo(new Identity("f:1:jane", "jane"));
        assertThat(check(token)).isEqualTo(new Identity("f:1:jane", "jane"));
        assertThat(remembered.size()).isEqualTo(1);

        // It has the same kid, and is another one.
        var other = otherRsa;
        other.setKeyId(rsa.getKeyId());
        publish(other);
        time.pass(Duration.ofSeconds(6));
        assertThat(check(token)).isEqualTo(new Identity("f:1:jane", "jane"));
        var unknown = unknownKey();
        check(token(unknown, "ES256", _ -> {})); // has the keys read again
        assertThat(check(token)).isEqualTo(Refused.Reason.INVALID_TOKEN);
        publish(ec);
        time.pass(Duration.ofSeconds(6));
        check(token(unknown, "ES256", _ -> {}));
        assertThat(check(token)).isEqualTo(Refused.Reason.UNKNOWN_KEY);
    }

    @Test
    void shouldNotRememberARefusedSubject() {
        var id = signUp(newName()).extract().<String>path("id");
        var token = token(claims -> claims.setSubject(id));
        for (var i = 0; i < 2; i++) {
            assertThat(check(token)).isEqualTo(Refused.Reason.SUBJECT_TAKEN);
        }
        assertThat(remembered.size()).isZero();
    }

    @Test
    void shouldReadTheKeysAgainForAnUnknownOneButNotTooOften() {
        check(token(_ -> {}));
        var next = otherRsa;
        next.setKeyId("next");
        publish(rsa, next);
        time.pass(Duration.ofSeconds(4));
        for (var i = 0; i < 20; i++) {
            assertThat(check(token(next, "RS256", _ -> {}))).isEqualTo(Refused.Reason.UNKNOWN_KEY);
        }
        Provider.SERVER.verify(1, getRequestedFor(urlEqualTo(CERTS)));

        time.pass(Duration.ofSeconds(2));
        assertThat(check(token(next, "RS256", _ -> {}))).isEqualTo(new Identity("f:1:jane", "jane"));
        Provider.SERVER.verify(2, getRequestedFor(urlEqualTo(CERTS)));
    }

    @Test
    void shouldAnswer503WhileTheIssuerIsAway() {
        Provider.SERVER.stubFor(get(CERTS).willReturn(serverError()));
        for (var i = 0; i < 20; i++) {
            assertThat(check(token(_ -> {}))).isEqualTo(Refused.Reason.ISSUER_UNAVAILABLE);
        }
        Provider.SERVER.verify(1, getRequestedFor(urlEqualTo(CERTS)));
        publish(rsa);
        time.pass(Duration.ofSeconds(6));
        assertThat(check(token(_ -> {}))).isEqualTo(new Identity("f:1:jane", "jane"));

        Provider.SERVER.stubFor(get(CERTS).willReturn(serverError()));
        time.pass(Duration.ofHours(1));
        assertThat(check(token(_ -> {}))).isEqualTo(new Identity("f:1:jane", "jane"));
        assertThat(check(token(ec, "ES256", _ -> {}))).isEqualTo(Refused.Reason.ISSUER_UNAVAILABLE);
        assertThat(new Refused(Refused.Reason.ISSUER_UNAVAILABLE).answer().getStatus()).isEqualTo(503);
    }

    @Test
    void shouldNotWaitLongForASlowIssuer() {
        Provider.SERVER.stubFor(get(DISCOVERY).willReturn(aResponse().withFixedDelay(20_000)));
        tokens = tokens(Duration.ofMillis(200));
        var start = System.nanoTime();
        assertThat(check(token(_ -> {}))).isEqualTo(Refused.Reason.ISSUER_UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void shouldNotTakeDocumentsThatAreNotAboutTheIssuerOrTooLarge() {
        var certs = "http://localhost:" + Provider.SERVER.port() + CERTS;
        for (var document : List.of("{}", "[", "", "{\"issuer\":\"http://other\",\"jwks_uri\":\"" + certs + "\"}",
                "{\"issuer\":\"" + Provider.issuer() + "\",\"jwks_uri\":\"file:///etc/passwd\"}",
                "{\"issuer\":\"" + Provider.issuer() + "\",\"jwks_uri\":\"" + certs + "\",\"x\":\"" + "x".repeat(600 * 1024) + "\"}")) {
            Provider.SERVER.stubFor(get(DISCOVERY).willReturn(okJson(document)));
            tokens = null;
            assertThat(check(token(_ -> {}))).as(document.substring(0, Math.min(100, document.length())))
                    .isEqualTo(Refused.Reason.ISSUER_UNAVAILABLE);
        }
    }
}
