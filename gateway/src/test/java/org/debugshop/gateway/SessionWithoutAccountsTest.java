package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Upstreams.class)
@TestProfile(SessionWithoutAccountsTest.NoAccounts.class)
class SessionWithoutAccountsTest {

    public static class NoAccounts implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("ACCOUNTS_SERVICE", "", "EDGE_AUTH_SERVICE", "");
        }
    }

    @Test
    void shouldHaveGuestsOnly() {
        Upstreams.areWell();
        given().header("Cookie", "session=alice").get("/session").then().statusCode(200).body(equalTo("{\"username\":null}"));
        given().contentType("application/json").body("{\"username\":\"alice\",\"password\":\"open sesame\"}").post("/session").then()
                .statusCode(503).body("error", equalTo("There is no accounts service here"));
        Upstreams.edgeAuth.verify(0, anyRequestedFor(anyUrl()));
        Upstreams.accounts.verify(0, anyRequestedFor(anyUrl()));
    }
}
