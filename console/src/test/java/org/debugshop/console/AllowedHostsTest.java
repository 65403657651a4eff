package org.debugshop.console;

import static io.restassured.RestAssured.given;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As in Compose, the console listens on all interfaces of its container, whose ports are only published on this machine. */
@QuarkusTest
@TestProfile(InAContainer.class)
class AllowedHostsTest {

    @ParameterizedTest
    @CsvSource({"evil.example:8090,403", "localhost:8090,200", "console:8090,200", "192.0.2.1:8090,200"})
    void shouldAcceptOnlyListedNamesOnAllInterfaces(String host, int status) {
        given().header("Host", host).when().get("/api/overview").then().statusCode(status);
    }
}
