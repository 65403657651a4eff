package org.debugshop.console.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.console.TestSpans.request;
import static org.debugshop.console.TestSpans.server;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import org.debugshop.console.InAContainer;
import org.junit.jupiter.api.Test;

/** Requests of a browser with OpenTelemetry's SDK, with an allowed origin and with another. */
@QuarkusTest
@TestProfile(InAContainer.class)
class OtlpCorsTest {

    private static final String ORIGIN = "http://localhost:3000";

    @Inject
    OtlpServer otlp;

    private RequestSpecification from(String origin) {
        return RestAssured.given().port(otlp.port()).header("Origin", origin);
    }

    private Response preflight(String origin) {
        return from(origin).header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type,x-own").options("/v1/traces");
    }

    @Test
    void shouldAllowAListedOrigin() {
        var allowed = preflight(ORIGIN);
        assertThat(allowed.statusCode()).isEqualTo(204);
        assertThat(allowed.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
        assertThat(allowed.header("Access-Control-Allow-Methods")).isEqualTo("POST");
        assertThat(allowed.header("Access-Control-Allow-Headers")).isEqualTo("content-type,x-own");
        // navigator.sendBeacon, which the SDK may use, always sends credentials.
        assertThat(allowed.header("Access-Control-Allow-Credentials")).isEqualTo("true");
        assertThat(Integer.parseInt(allowed.header("Access-Control-Max-Age"))).isPositive();

        var sent = from(ORIGIN).contentType("application/x-protobuf").body(request("a", server("a", "x").trace(0x600).sent()).toByteArray())
                .post("/v1/traces");
        assertThat(sent.statusCode()).isEqualTo(200);
        assertThat(sent.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
        assertThat(sent.header("Vary")).containsIgnoringCase("origin");
    }

    @Test
    void shouldAllowAPageToReadARefusal() {
        var refused = from(ORIGIN).contentType("application/json").body("{").post("/v1/traces");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
    }

    @Test
    void shouldRefuseOtherOrigins() {
        for (String origin : new String[]{"http://localhost:3001", "https://localhost:3000", "null",
                "https://shop.example.com.evil.example"}) {
            var refused = preflight(origin);

            assertThat(refused.statusCode()).as(origin).isEqualTo(403);
            assertThat(refused.headers().hasHeaderWithName("Access-Control-Allow-Origin")).isFalse();
        }
    }

    @Test
    void shouldAcceptRequestsWithoutAnOrigin() {
        RestAssured.given().port(otlp.port()).contentType("application/json").body("{}").post("/v1/traces").then().statusCode(200);
    }
}
