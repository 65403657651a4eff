package org.debugshop.instabook;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(CacheGoneTest.WithoutCache.class)
class CacheGoneTest {

    public static class WithoutCache implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.otel.sdk.disabled", "true");
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(RefusedPort.class));
        }
    }

    /** Reserves the cache's port: it is bound, so no other program gets it, but nothing listens, so connections are refused. */
    public static class RefusedPort implements QuarkusTestResourceLifecycleManager {

        private final Socket port = new Socket();

        @Override
        public Map<String, String> start() {
            try {
                port.bind(null);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Map.of("INSTABOOK_CACHE_SERVICE", "http://127.0.0.1:" + port.getLocalPort());
        }

        @Override
        public void stop() {
            try {
                port.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void shouldStartAllErrorTypesAtZeroAndCountARefusedConnection() {
        for (var type : new String[]{"auth_failure", "connection_error", "cache_error"}) {
            given().get("/metrics").then().body(containsString("instabook_cache_errors_total{error_type=\"" + type + "\",} 0.0"));
        }
        given().get("/booking/session/s-1").then().statusCode(500).body("error", equalTo("Internal service error"));
        given().get("/metrics").then().body(containsString("instabook_cache_errors_total{error_type=\"connection_error\",} 1.0"));
        given().get("/health").then().statusCode(200).body("status", equalTo("UP"));
    }
}
