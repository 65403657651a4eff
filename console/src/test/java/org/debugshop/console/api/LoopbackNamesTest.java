package org.debugshop.console.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class LoopbackNamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:8090", "LOCALHOST:1", "console.localhost:8090", "127.0.0.1:8090", "127.1.2.3",
            "[::1]:8090"})
    void shouldAnswerToTheNamesOfThisMachine(String host) {
        given().header("Host", host).when().get("/api/traces").then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.com", "example.com:8090", "localhost.example.com", "127.0.0.1.example.com", "notlocalhost",
            "192.168.0.1:8090", "[::2]"})
    void shouldNotAnswerToAForeignNameThatPointsHere(String host) {
        for (String path : new String[]{"/", "/api/services", "/api/traces", "/api/logs", "/api/metrics", "/api/metrics/up",
                "/api/failures",
                "/api/overview", "/api/live"}) {
            given().header("Host", host).when().get(path).then().statusCode(403)
                    .body("error", equalTo("Without ADMIN_PASSWORD the console answers under localhost, and names of ALLOWED_HOSTS, only"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/metrics"})
    void shouldLeaveTheProbesOpenToAnyName(String path) {
        given().header("Host", "console.shop.svc").when().get(path).then().statusCode(200);
    }
}
