package org.debugshop.instabook;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(CacheGoneTest.WithoutCache.class)
class CacheGoneTest {

    public static class WithoutCache implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("INSTABOOK_CACHE_SERVICE", "http://127.0.0.1:" + freePort(), "quarkus.otel.sdk.disabled", "true");
        }

        private static int freePort() {
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void shouldHaveAllErrorTypesAtZeroFromTheStartAndTellARefusedConnection() {
        for (var type : new String[]{"auth_failure", "connection_error", "cache_error"}) {
            given().get("/metrics").then().body(containsString("instabook_cache_errors_total{error_type=\"" + type + "\",} 0.0"));
        }
        given().get("/booking/session/s-1").then().statusCode(500).body("error", equalTo("Internal service error"));
        given().get("/metrics").then().body(containsString("instabook_cache_errors_total{error_type=\"connection_error\",} 1.0"));
        given().get("/health").then().statusCode(200).body("status", equalTo("UP"));
    }
}
