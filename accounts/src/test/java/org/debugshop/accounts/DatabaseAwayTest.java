package org.debugshop.accounts;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.accounts.Client.PASSWORD;
import static org.debugshop.accounts.Client.login;
import static org.debugshop.accounts.Client.newName;
import static org.debugshop.accounts.Client.signUp;
import static org.hamcrest.Matchers.equalTo;

import io.opentelemetry.api.common.AttributeKey;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(DatabaseAwayTest.WithoutAServer.class)
class DatabaseAwayTest {

    @Inject
    Telemetry telemetry;

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

    /** The keys are read once for requests at the same time, and not again for requests shortly after a failure. */
    @Test
    void shouldRecordTheFailureOfAllRequestsThatShareIt() throws Exception {
        var traces = Stream.generate(() -> UUID.randomUUID().toString().replace("-", "")).limit(24).toList();
        try (var threads = Executors.newFixedThreadPool(8)) {
            threads.invokeAll(traces.stream().<Callable<ValidatableResponse>>map(trace -> () -> given()
                    .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01").get("/.well-known/jwks.json").then().statusCode(503))
                    .toList()).forEach(Future::resultNow);
        }
        assertThat(traces).allSatisfy(trace -> {
            var span = telemetry.request(trace);
            assertThat(span.getAttributes().get(AttributeKey.stringKey("shop.database.failure")))
                    .startsWith("The database cannot do the work");
            assertThat(span.getEvents()).filteredOn(event -> event.getName().equals("shop.failure")).hasSize(1);
        });
    }
}
