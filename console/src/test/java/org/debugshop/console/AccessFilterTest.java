package org.debugshop.console;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class AccessFilterTest {

    /** service-defaults tests the guard itself. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/api/services", "/api/traces", "/api/logs", "/api/metrics", "/api/metrics/up", "/api/failures",
            "/api/overview", "/api/live"})
    void shouldRefuseAForeignNameThatPointsHere(String path) {
        given().header("Host", "example.com").when().get(path).then().statusCode(403)
                .body("error", equalTo("Without ADMIN_PASSWORD the console answers under localhost, and names of ALLOWED_HOSTS, only"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/metrics"})
    void shouldLeaveTheProbesOpenToAnyName(String path) {
        given().header("Host", "console.shop.svc").when().get(path).then().statusCode(200);
    }
}
