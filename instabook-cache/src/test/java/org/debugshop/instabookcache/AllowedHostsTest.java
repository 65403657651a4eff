package org.debugshop.instabookcache;

import static io.restassured.RestAssured.given;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As in Compose, the service listens on all interfaces of its container, whose ports are only published on this machine. */
@QuarkusTest
@Tag("nightly")
@TestProfile(AllowedHostsTest.InAContainer.class)
class AllowedHostsTest {

    public static class InAContainer implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("HOST", "0.0.0.0", "ALLOWED_HOSTS", "instabook-cache,localhost");
        }
    }

    @ParameterizedTest
    @CsvSource({"evil.example:8086,403", "localhost:8086,200", "instabook-cache:8086,200", "192.0.2.1:8086,200"})
    void shouldAcceptOnlyListedNamesOnAllInterfaces(String host, int status) {
        given().header("Host", host).get("/admin/token").then().statusCode(status);
    }
}
