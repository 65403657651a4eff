package org.debugshop.gateway;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Upstreams.class)
@TestProfile(StorefrontWithoutConsoleTest.NoConsole.class)
class StorefrontWithoutConsoleTest {

    public static class NoConsole implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("CONSOLE_URL", "");
        }
    }

    @Test
    void shouldServeThePageWithoutAConsoleToLinkTo() {
        given().accept("text/html").get("/").then().statusCode(200).body(containsString("data-console=\"\""));
    }
}
