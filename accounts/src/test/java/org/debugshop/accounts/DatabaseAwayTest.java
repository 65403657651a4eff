package org.debugshop.accounts;

import static io.restassured.RestAssured.given;
import static org.debugshop.accounts.Client.PASSWORD;
import static org.debugshop.accounts.Client.login;
import static org.debugshop.accounts.Client.newName;
import static org.debugshop.accounts.Client.signUp;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(DatabaseAwayTest.WithoutAServer.class)
class DatabaseAwayTest {

    private static final String SENTENCE = "The database is not available at the moment";

    public static class WithoutAServer implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("shop.database.url", "postgresql://localhost:1/accounts");
        }
    }

    @Test
    void shouldStartAndAnswer503UntilTheDatabaseIsThere() {
        given().get("/health/live").then().statusCode(200);
        given().get("/health/ready").then().statusCode(503);
        given().get("/").then().statusCode(200);
        for (var i = 0; i < 12; i++) {
            login("alice", PASSWORD).statusCode(503).header("Retry-After", "1").body("error", equalTo(SENTENCE));
        }
        signUp(newName()).statusCode(503).header("Retry-After", "1").body("error", equalTo(SENTENCE));
        given().get("/users/alice").then().statusCode(503).header("Retry-After", "1").body("error", equalTo(SENTENCE));
        given().get("/.well-known/jwks.json").then().statusCode(503).body("error", equalTo(SENTENCE));
        given().get("/auth").then().statusCode(401);
    }
}
