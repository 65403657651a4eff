package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.http.Fault;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(Upstreams.class)
class ApiAccountsTest {

    @BeforeEach
    void upstreamsAreWell() {
        Upstreams.areWell();
    }

    private static ValidatableResponse send(String path, String body) {
        return given().contentType("application/json").body(body).post(path).then();
    }

    @ParameterizedTest
    @CsvSource({"/api/v1/signup, /users, 201", "/api/v1/login, /login, 200"})
    void shouldReturnTheAnswerOfAccounts(String path, String below, int status) {
        var answer = "{ \"anything\" : 1.50 }";
        Upstreams.answers(Upstreams.accounts, okJson(answer).withStatus(status).withHeader("Cache-Control", "no-store"));
        var body = "{\"username\":\"alice\",  \"password\":\"secret\"}";
        given().contentType("application/json").header("Authorization", "Bearer alice").header("Cookie", "session=1").body(body).post(path)
                .then().statusCode(status).contentType("application/json").header("Cache-Control", "no-store").body(equalTo(answer));
        Upstreams.accounts.verify(1, postRequestedFor(urlEqualTo(below)).withRequestBody(WireMock.equalTo(body))
                .withHeader("Content-Type", WireMock.equalTo("application/json")).withHeader("Authorization", absent())
                .withHeader("Cookie", absent()));
        for (var refusal : new int[]{400, 401, 409, 413}) {
            Upstreams.answers(Upstreams.accounts, Upstreams.error(refusal, "Refused"));
            send(path, "").statusCode(refusal).contentType("application/json").body("error", equalTo("Refused"));
        }
    }

    @Test
    void shouldPassOnTheChallengeOfALogin() {
        Upstreams.answers(Upstreams.accounts,
                Upstreams.error(401, "Wrong username or password").withHeader("WWW-Authenticate", "Bearer realm=\"debug-shop\""));
        send("/api/v1/login", "{}").statusCode(401).header("WWW-Authenticate", "Bearer realm=\"debug-shop\"")
                .body("error", equalTo("Wrong username or password"));
    }

    @Test
    void shouldPassOnThatThereWereTooManyFailures() {
        Upstreams.answers(Upstreams.accounts, Upstreams.error(429, "Too many failed logins").withHeader("Retry-After", "42"));
        send("/api/v1/login", "{}").statusCode(429).header("Retry-After", "42").body("error", equalTo("Too many failed logins"));
    }

    @ParameterizedTest
    @CsvSource({"/api/v1/signup", "/api/v1/login"})
    void shouldNameAccountsIfItFails(String path) {
        Upstreams.answers(Upstreams.accounts, aResponse().withStatus(500));
        send(path, "{}").statusCode(502).header("Retry-After", nullValue()).body("error", equalTo("accounts failed with status 500"));
        Upstreams.answers(Upstreams.accounts, aResponse().withFault(Fault.EMPTY_RESPONSE));
        send(path, "{}").statusCode(502).body("error", equalTo("accounts is unreachable"));
        Upstreams.answers(Upstreams.accounts, Upstreams.error(503, "The database is not available").withHeader("Retry-After", "1"));
        send(path, "{}").statusCode(503).header("Retry-After", "1").body("error", equalTo("The database is not available"));
    }

    @ParameterizedTest
    @CsvSource({"/api/v1/signup", "/api/v1/login"})
    void shouldRefuseABodyThatIsNotJsonOrTooLarge(String path) {
        given().contentType("text/plain").body("{}").post(path).then().statusCode(415).body("error",
                equalTo("The body must be application/json"));
        given().contentType("application/x-www-form-urlencoded").body("username=a").post(path).then().statusCode(415);
        send(path, "a".repeat(256 * 1024 + 1)).statusCode(413).body("error", equalTo("The body is larger than 256 KiB"));
        given().get(path).then().statusCode(405);
        Upstreams.accounts.verify(0, anyRequestedFor(anyUrl()));
    }
}
