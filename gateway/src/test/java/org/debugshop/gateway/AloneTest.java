package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway without accounts, without an authentication service, and without a console. */
@QuarkusTest
@TestProfile(AloneTest.Alone.class)
class AloneTest {

    public static class Alone implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(Upstreams.class));
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("shop.edge-auth.url", "", "shop.accounts.url", "", "CONSOLE_URL", "");
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }
    }

    @BeforeEach
    void upstreamsAreWell() {
        Upstreams.areWell();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/orders", "/api/v1/order/1", "/api/v1/payments/status/1"})
    void shouldReportThatNoAuthenticationServiceIsConfigured(String path) {
        given().header("X-User-Id", "mallory").header("Authorization", "Bearer alice").get(path).then().statusCode(503)
                .header("Retry-After", nullValue()).body("error", equalTo("No authentication service is configured"));
        given().header("Authorization", "Bearer alice").contentType("application/json").body("{}").post("/checkout").then().statusCode(503);
        Upstreams.checkout.verify(0, anyRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/signup", "/api/v1/login"})
    void shouldReportThatThereAreNoAccounts(String path) {
        given().contentType("application/json").body("{}").post(path).then().statusCode(503).header("Retry-After", nullValue())
                .body("error", equalTo("There is no accounts service here"));
    }

    @Test
    void shouldServeThePageWithoutAConsoleToLinkTo() {
        given().accept("text/html").get("/").then().statusCode(200).body(containsString("data-console=\"\""));
    }

    @Test
    void shouldServeItsOpenRoutes() {
        Upstreams.answers(Upstreams.checkout, okJson("{\"order_id\":\"1\"}"));
        given().get("/api/v1/products").then().statusCode(200).body("products", hasSize(1));
        given().contentType("application/json").body("{}").post("/checkout").then().statusCode(200);
    }

    @Test
    void shouldHaveGuestsOnlyAndEndASessionThatNobodyCanCheck() {
        given().header("Cookie", "session=alice").get("/session").then().statusCode(200).body(equalTo("{\"username\":null}"))
                .header("Set-Cookie", startsWith("session=; Max-Age=0;"));
        given().contentType("application/json").body("{\"username\":\"alice\",\"password\":\"open sesame\"}").post("/session").then()
                .statusCode(503).body("error", equalTo("There is no accounts service here"));
        Upstreams.edgeAuth.verify(0, anyRequestedFor(anyUrl()));
        Upstreams.accounts.verify(0, anyRequestedFor(anyUrl()));
    }
}
