package org.debugshop.instabookcache;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(AdminPasswordTest.WithPassword.class)
class AdminPasswordTest {

    public static class WithPassword implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("ADMIN_PASSWORD", "pässword: with colon", "INSTABOOK_API_TOKEN", "another-token", "quarkus.otel.sdk.disabled",
                    "true");
        }
    }

    @Test
    void shouldRequireThePasswordOnEveryPathOfAdmin() {
        for (var path : List.of("/admin", "/admin/", "/admin/admin.js", "/admin/admin.css", "/admin/icon.svg", "/admin/token",
                "/admin/token/changes", "/admin/nothing",
                "/admin;x/token", "//admin/token", "/%61dmin/token")) {
            given().urlEncodingEnabled(false).get(path).then().statusCode(401).contentType("application/json")
                    .header("WWW-Authenticate", startsWith("Basic realm="))
                    .body("error", equalTo("The admin page asks for the user admin and ADMIN_PASSWORD"));
        }
        given().post("/admin/token").then().statusCode(401);
    }

    @Test
    void shouldAcceptTheAdminUnderAnyHostName() {
        given().header("Authorization", "Basic " + base64("admin:wrong")).get("/admin/token").then().statusCode(401);
        given().header("Authorization", "basic " + base64("admin:pässword: with colon")).header("Host", "cache.example")
                .get("/admin/token").then().statusCode(200).body("enabled", equalTo(true));
    }

    @Test
    void shouldUseTheTokenOfTheEnvironmentAndNotProtectTheCacheByPassword() {
        given().header("Authorization", "Bearer another-token").get("/cache/session/x").then().statusCode(404);
        given().header("Authorization", "Bearer instabook-secret-token-2024").get("/cache/session/x").then().statusCode(401);
    }

    private static String base64(String text) {
        return java.util.Base64.getEncoder().encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
