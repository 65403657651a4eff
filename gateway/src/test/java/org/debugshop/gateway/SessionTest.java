package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.http.Fault;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.Header;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The storefront's session. Alice's token is her name, see {@link Upstreams}. */
@QuarkusTest
@QuarkusTestResource(Upstreams.class)
class SessionTest {

    private static final String CREDENTIALS = "{\"username\":\"alice\",\"password\":\"open sesame\"}";
    private static final Header ALICE = new Header("Cookie", "theme=dark; session=alice");
    private static final String REFUSAL = "A page of another origin must not use this session";

    @Inject
    Spans spans;

    @BeforeEach
    void upstreamsAreWell() {
        Upstreams.areWell();
        Upstreams.answers(Upstreams.accounts, okJson("{\"token\":\"alice\",\"token_type\":\"Bearer\",\"expires_in\":3600}"));
    }

    @Test
    void shouldKeepTheTokenInACookieThatScriptsCannotRead() {
        var answer = logIn(given()).statusCode(200)
                .body("username", equalTo("alice")).body("size()", equalTo(1)).header("Cache-Control", "no-store");
        assertThat(cookie(answer)).startsWith("session=alice; Max-Age=3600; ")
                .contains("; Path=/").containsIgnoringCase("; HttpOnly").contains("; SameSite=Strict").doesNotContain("Secure", "Domain");
        Upstreams.accounts.verify(postRequestedFor(urlEqualTo("/login")).withRequestBody(equalToJson(CREDENTIALS)));
    }

    @Test
    void shouldSendTheCookieOverHttpsOnlyIfTheBrowserUsesHttps() {
        assertThat(cookie(logIn(given().header("X-Forwarded-Proto", "https")))).contains("; Secure");
        assertThat(cookie(logIn(given().header("X-Forwarded-Proto", "https, http")))).contains("; Secure");
        assertThat(cookie(logIn(given().header("X-Forwarded-Proto", "http")))).doesNotContain("Secure");
        assertThat(cookie(logIn(given().header("Host", "shop.example").header("Origin", "https://shop.example")
                .header("Sec-Fetch-Site", "same-origin")))).contains("; Secure");
    }

    @ParameterizedTest
    @CsvSource({"400, Missing required field: password", "401, Wrong username or password", "429, Too many failed logins of this user"})
    void shouldPassOnARefusal(int status, String sentence) {
        Upstreams.answers(Upstreams.accounts, Upstreams.error(status, sentence).withHeader("Retry-After", "42"));
        logIn(given()).statusCode(status).body("error", equalTo(sentence)).header("Retry-After", "42").header("Set-Cookie", nullValue());
    }

    @Test
    void shouldReportThatAccountsIsDown() {
        Upstreams.answers(Upstreams.accounts, aResponse().withFault(Fault.EMPTY_RESPONSE));
        logIn(given()).statusCode(502).body("error", equalTo("accounts is unreachable")).header("Set-Cookie", nullValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"token\":\"a\"}", "{\"expires_in\":1}", "{\"token\":\"a\",\"expires_in\":0}",
            "{\"token\":\"a; Domain=example\",\"expires_in\":1}", "{\"token\":\"\",\"expires_in\":1}"})
    void shouldNotMakeACookieOfAnAnswerWithoutAToken(String answer) {
        Upstreams.answers(Upstreams.accounts, okJson(answer));
        logIn(given()).statusCode(502).body("error", equalTo("accounts gave an answer that cannot be read")).header("Set-Cookie",
                nullValue());
    }

    @Test
    void shouldRefuseCredentialsThatAreNotJson() {
        given().contentType("application/json").body("{").post("/session").then().statusCode(400).body("error",
                equalTo("The body is not the JSON that is expected here"));
        given().contentType("text/plain").body(CREDENTIALS).post("/session").then().statusCode(415);
        Upstreams.accounts.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldReturnWhoIsLoggedIn() {
        given().header(ALICE).get("/session").then().statusCode(200)
                .body("username", equalTo("alice")).body("user_id", equalTo("id-of-alice"))
                .header("Cache-Control", "no-store").header("Set-Cookie", nullValue());
        Upstreams.edgeAuth.verify(1, getRequestedFor(urlEqualTo("/auth")).withHeader("Authorization", WireMock.equalTo("Bearer alice"))
                .withHeader("X-Forwarded-Method", WireMock.equalTo("GET")).withHeader("X-Forwarded-Uri", WireMock.equalTo("/session"))
                .withHeader("Cookie", absent()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"theme=dark", "session=", "session=not a token", "session=a,b", "sessions=alice", "=;;"})
    void shouldReturnThatNobodyIsLoggedInWithoutAskingAnyService(String cookie) {
        for (var request : List.of(given(), given().header("Cookie", cookie))) {
            request.get("/session").then().statusCode(200).body(equalTo("{\"username\":null}"));
        }
        Upstreams.edgeAuth.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldEndASessionThatHasExpired() {
        var answer = given().header("Cookie", "session=expired").get("/session").then().statusCode(200)
                .body(equalTo("{\"username\":null}"));
        assertThat(cookie(answer)).startsWith("session=; Max-Age=0; ").contains("; Path=/");
    }

    @Test
    void shouldKeepASessionThatCannotBeChecked() {
        Upstreams.answers(Upstreams.edgeAuth, aResponse().withStatus(500));
        given().header(ALICE).get("/session").then().statusCode(502).body("error", equalTo("authentication service failed with status 500"))
                .header("Set-Cookie", nullValue());
    }

    @Test
    void shouldLogOut() {
        var answer = given().header(ALICE).delete("/session").then().statusCode(200).body(equalTo("{\"username\":null}"));
        assertThat(cookie(answer)).startsWith("session=; Max-Age=0; ").contains("; Path=/");
        Upstreams.edgeAuth.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldTurnTheCookieIntoAHeaderForAllResources() {
        given().header(ALICE).get("/challenge").then().body(equalTo("Bearer alice, cookie: null"));
        given().header("Cookie", "theme=dark").get("/challenge").then().body(equalTo("null, cookie: null"));
    }

    @Test
    void shouldPreferTheHeaderOfACallerToTheCookie() {
        given().header(ALICE).header("Authorization", "Bearer bob").get("/session").then().body("username", equalTo("bob"));
    }

    /** The sender of a form or of a simple request needs no permission, and the browser adds the cookie by itself. */
    @Test
    void shouldRefuseAChangeByAPageOfAnotherOrigin() {
        for (var foreign : List.of(Map.of("Origin", "http://evil.example"), Map.of("Origin", "null"),
                Map.of("Origin", "http://localhost:1"), Map.of("Sec-Fetch-Site", "cross-site"), Map.of("Sec-Fetch-Site", "same-site"))) {
            var request = given().headers(foreign).contentType("application/json").body(CREDENTIALS);
            for (var answer : List.of(request.post("/session"), request.delete("/session"), request.header(ALICE).post("/checkout"),
                    request.put("/none"), request.header("Authorization", "Bearer bob").delete("/session"))) {
                answer.then().statusCode(403).contentType("application/json").body("error", equalTo(REFUSAL))
                        .header("Set-Cookie", nullValue()).header("Server-Timing", containsString("traceparent"));
            }
        }
        Upstreams.accounts.verify(0, anyRequestedFor(anyUrl()));
        Upstreams.checkout.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldAcceptChangesOfItsOwnPagesAndOfPrograms() {
        Upstreams.answers(Upstreams.checkout, okJson("{}"));
        for (var own : List.of(Map.of("Host", "shop.example:81", "Origin", "http://shop.example:81"),
                Map.of("Sec-Fetch-Site", "same-origin"),
                Map.<String, String>of())) {
            given().headers(own).header(ALICE).contentType("application/json").body("{}").post("/checkout").then().statusCode(200);
            logIn(given().headers(own)).statusCode(200);
        }
    }

    /** Without the cookie, a foreign page can do no more than any program. */
    @Test
    void shouldLetForeignPagesReadAndUseWhatNeedsNoSession() {
        Upstreams.answers(Upstreams.checkout, okJson("{}"));
        var foreign = Map.of("Origin", "http://evil.example", "Sec-Fetch-Site", "cross-site");
        given().headers(foreign).contentType("application/json").body("{}").post("/checkout").then().statusCode(200);
        given().headers(foreign).header(ALICE).get("/product/1").then().statusCode(200);
    }

    @Test
    void shouldRecordWhyARequestWasRefused() {
        var trace = IdGenerator.random().generateTraceId();
        given().header("traceparent", traceparent(trace)).header(ALICE).header("Origin", "http://evil.example").post("/order/1/anything")
                .then().statusCode(403);
        var span = ended(trace, 1).getFirst();
        assertThat(span.getAttributes().get(AttributeKey.stringKey("shop.auth.failure"))).isEqualTo(REFUSAL);
        assertThat(span.getAttributes().get(AttributeKey.stringKey("error.type"))).isEqualTo("cross_origin");
        assertThat(span.getEvents()).singleElement().returns("shop.failure", event -> event.getName());
        given().get("/metrics").then().body(not(containsString("/order/1/anything")));
    }

    @Test
    void shouldRecordNoTokenAndNoPassword() {
        var trace = IdGenerator.random().generateTraceId();
        var token = "secret-of-alice";
        Upstreams.answers(Upstreams.accounts, okJson("{\"token\":\"" + token + "\",\"expires_in\":1}"));
        logIn(given().header("traceparent", traceparent(trace))).statusCode(200);
        given().header("traceparent", traceparent(trace)).header("Cookie", "session=" + token).get("/session").then().statusCode(200);
        assertThat(ended(trace, 4)).extracting(Object::toString)
                .allSatisfy(span -> assertThat(span).doesNotContain(token, "open sesame"));
    }

    @Test
    void shouldNotMakeTheBrowserAskForAPassword() {
        given().get("/challenge").then().statusCode(401).header("WWW-Authenticate", "Basic realm=\"test\"");
        given().header("X-Requested-With", "fetch").get("/challenge").then().statusCode(401).header("WWW-Authenticate", "Bearer");
        given().header("X-Requested-With", "fetch").get("/rates").then().header("WWW-Authenticate", nullValue());
    }

    /** Waits until this many spans of a trace have ended. */
    private List<SpanData> ended(String trace, int count) {
        return await().until(() -> spans.all(trace), found -> found.size() >= count);
    }

    private static ValidatableResponse logIn(RequestSpecification request) {
        return request.contentType("application/json").body(CREDENTIALS).post("/session").then();
    }

    private static String cookie(ValidatableResponse answer) {
        return answer.extract().header("Set-Cookie");
    }

    private static String traceparent(String trace) {
        return "00-" + trace + "-00f067aa0ba902b7-01";
    }
}
