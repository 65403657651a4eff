package org.debugshop.console;

import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import com.github.tomakehurst.wiremock.client.BasicCredentials;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.debugshop.console.failures.CacheStandIn;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(CacheStandIn.class)
@TestProfile(AdminPasswordTest.WithPassword.class)
class AdminPasswordTest {

    public static class WithPassword implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("ADMIN_PASSWORD", "pässword:1");
        }
    }

    @BeforeEach
    void cacheIsWell() {
        CacheStandIn.isWell();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/services", "/api/edges", "/api/traces", "/api/traces/00000000000000000000000000000001", "/api/logs",
            "/api/metrics", "/api/metrics/up", "/api/failures", "/api/failures/instabook-token", "/api/overview", "/api/graph",
            "/api/vocabulary", "/api/live", "/api/faults", "/controls?service=a&instance=b", "/", "/traces"})
    void shouldRequireThePassword(String path) {
        given().when().get(path).then().statusCode(401).header("WWW-Authenticate", startsWith("Basic realm=\"console\""))
                .body("error", equalTo("The console asks for the user admin and ADMIN_PASSWORD"));
    }

    @Test
    void shouldAnswerUnderAnyNameToARequestWithThePassword() {
        given().header("Authorization", "basic YWRtaW46cMOkc3N3b3JkOjE=").header("Host", "example.com").when().get("/api/traces").then()
                .statusCode(200);
        given().header("Authorization", "Basic YWRtaW46").when().get("/api/traces").then().statusCode(401);
    }

    @Test
    void shouldRequireThePasswordForAChangeAndPassItOnToTheCache() {
        given().contentType("application/json").body("{\"active\":true}").put("/api/failures/instabook-token").then().statusCode(401);
        CacheStandIn.cache.verify(0, anyRequestedFor(anyUrl()));

        given().header("Authorization", "Basic YWRtaW46cMOkc3N3b3JkOjE=").contentType("application/json").body("{\"active\":true}")
                .put("/api/failures/instabook-token").then().statusCode(200).body("active", equalTo(true));
        CacheStandIn.cache.verify(1,
                postRequestedFor(urlEqualTo("/admin/token")).withBasicAuth(new BasicCredentials("admin", "pässword:1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/metrics"})
    void shouldLeaveTheProbesOpen(String path) {
        given().when().get(path).then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"//api/traces", "/api//traces", "/%61pi/traces", "/x/../api/traces", "/api/traces;a=b", "/api/traces/"})
    void shouldNotBeBypassedByAnotherSpelling(String path) {
        given().urlEncodingEnabled(false).when().get(path).then().statusCode(org.hamcrest.Matchers.oneOf(401, 404, 400));
    }
}
