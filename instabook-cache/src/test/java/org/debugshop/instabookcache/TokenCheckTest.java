package org.debugshop.instabookcache;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.debugshop.defaults.telemetry.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(InMemoryTelemetry.class)
class TokenCheckTest {

    private static final String GOOD = "Bearer instabook-secret-token-2024";

    @Inject
    TokenSwitch tokenSwitch;

    @Inject
    InMemorySpanExporter spans;

    @Inject
    InMemoryLogRecordExporter logs;

    @BeforeEach
    void turnOn() {
        tokenSwitch.change(Optional.of(true), "test").await().indefinitely();
        logs.reset();
    }

    @Test
    void shouldRefuseARequestWithoutAHeader() {
        isRefused(given(), "Missing Authorization header");
    }

    @Test
    void shouldRefuseAMalformedHeader() {
        for (var header : List.of("", "Bearer", "Bearer ", "Basic YWRtaW46eA==", "instabook-secret-token-2024", "Bearer a b", "BearerX abc",
                "Bearer=abc", "Token instabook-secret-token-2024", "Bearer ü")) {
            isRefused(given().header("Authorization", header), "Invalid Authorization header format");
        }
        isRefused(given().header("Authorization", GOOD, GOOD), "Invalid Authorization header format");
    }

    @Test
    void shouldRefuseAWrongToken() {
        for (var token : List.of("x", "instabook-secret-token-202", "instabook-secret-token-20244", "INSTABOOK-SECRET-TOKEN-2024",
                "x".repeat(4_000))) {
            isRefused(given().header("Authorization", "Bearer " + token), "Invalid API token");
        }
    }

    @Test
    void shouldAcceptTheSchemeInAnyCase() {
        for (var scheme : List.of("Bearer", "bearer", "BEARER", "bEaReR", "Bearer ")) {
            given().header("Authorization", scheme + " instabook-secret-token-2024").get("/cache/session/none").then().statusCode(404);
        }
    }

    @Test
    void shouldRefuseEveryTokenWhileTheSwitchIsOff() {
        tokenSwitch.change(Optional.of(false), "test").await().indefinitely();
        isRefused(given().header("Authorization", GOOD), "API token authentication is disabled");
        isRefused(given().header("Authorization", "Bearer wrong"), "API token authentication is disabled");
        isRefused(given().header("Authorization", "nonsense"), "API token authentication is disabled");
        isRefused(given(), "API token authentication is disabled");
        tokenSwitch.change(Optional.of(true), "test").await().indefinitely();
        given().header("Authorization", GOOD).get("/cache/session/none").then().statusCode(404);
    }

    @Test
    void shouldRefuseOnEveryPathOfTheCacheInAnySpelling() {
        for (var path : List.of("/cache", "/cache/", "/cache/nothing", "/cache/session", "/cache/session/x/y", "//cache/session/x",
                "/cache;a=b/session/x",
                "/%63ache/session/x", "/x/../cache/session/x", "/cache%2Fsession%2Fx", "/cache/session;a=b/x")) {
            given().urlEncodingEnabled(false).get(path).then().statusCode(401).body("error", equalTo("Missing Authorization header"));
        }
        given().get("/cached").then().statusCode(404);
    }

    @Test
    void shouldRefuseBeforeAnyOtherCheck() {
        given().delete("/cache/session/x").then().statusCode(401);
        given().contentType("text/plain").body("x").post("/cache/session").then().statusCode(401);
        given().contentType("application/json").body("{").post("/cache/session").then().statusCode(401);
        given().accept("image/png").get("/cache/session/x").then().statusCode(401);
    }

    @Test
    void shouldMarkTheOriginOfTheFailureOnTheSpanAndInTheLog() {
        tokenSwitch.change(Optional.of(false), "test").await().indefinitely();
        logs.reset();
        var trace = new TestTrace(spans);
        trace.given().header("Authorization", GOOD).get("/cache/session/s-17").then().statusCode(401);

        var span = trace.span();
        assertEquals("GET /cache/session/{id}", span.getName());
        assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
        assertEquals("API token authentication is disabled", span.getAttributes().get(TokenCheck.AUTH_FAILURE));
        assertEquals("token_disabled", span.getAttributes().get(Failure.ERROR_TYPE));
        assertTrue(span.getEvents().stream().anyMatch(event -> event.getName().equals("shop.failure")));

        await().until(() -> logs.getFinishedLogRecordItems().size() == 1);
        var log = logs.getFinishedLogRecordItems().getFirst();
        assertEquals("Refused a request for a booking session: API token authentication is disabled", log.getBodyValue().asString());
        assertEquals("WARN", log.getSeverityText());
        assertEquals("API token authentication is disabled", log.getAttributes().get(TokenCheck.AUTH_FAILURE));
        assertEquals("token_disabled", log.getAttributes().get(Failure.ERROR_TYPE));
        assertEquals(span.getSpanId(), log.getSpanContext().getSpanId());
    }

    @Test
    void shouldUseADifferentErrorTypeForEachReason() {
        assertEquals("missing_header", errorType());
        assertEquals("invalid_header", errorType("Basic x"));
        assertEquals("invalid_token", errorType("Bearer x"));
    }

    @Test
    void shouldNeverShowATokenInTelemetry() {
        var refused = new TestTrace(spans);
        refused.given().header("Authorization", "Bearer wrong-token-17").get("/cache/session/x").then().statusCode(401)
                .body(not(containsString("wrong-token")));
        var passed = new TestTrace(spans);
        passed.given().header("Authorization", GOOD).get("/cache/session/none").then().statusCode(404);
        refused.span();
        passed.span();
        var telemetry = spans.getFinishedSpanItems().toString() + logs.getFinishedLogRecordItems();
        assertFalse(telemetry.contains("wrong-token-17") || telemetry.contains("instabook-secret-token"), telemetry);
    }

    @Test
    void shouldSetTheSessionOnTheSpanAndLeaveTheStatusOfAMissUnset() {
        var miss = new TestTrace(spans);
        miss.given().header("Authorization", GOOD).get("/cache/session/s-404").then().statusCode(404);
        var read = miss.span();
        assertEquals("s-404", read.getAttributes().get(SessionResource.SESSION_ID));
        assertEquals(StatusCode.UNSET, read.getStatus().getStatusCode());
        assertNull(read.getAttributes().get(TokenCheck.AUTH_FAILURE));

        var store = new TestTrace(spans);
        store.given().header("Authorization", GOOD).contentType("application/json")
                .body("{\"id\":\"s-5\",\"user_id\":\"u\",\"booking_id\":\"b-9\",\"status\":\"active\",\"data\":{}}").post("/cache/session")
                .then().statusCode(201);
        assertEquals("POST /cache/session", store.span().getName());
        assertEquals("s-5", store.span().getAttributes().get(SessionResource.SESSION_ID));
        assertEquals("b-9", store.span().getAttributes().get(SessionResource.BOOKING_ID));
    }

    @Test
    void shouldNotMakeATimeSeriesOfEachRefusedSession() {
        given().get("/cache/session/unique-4711").then().statusCode(401);
        given().header("Authorization", GOOD).delete("/cache/session/unique-4711").then().statusCode(405);
        await().untilAsserted(() -> given().get("/metrics").then()
                .body(containsString("status=\"401\",uri=\"/cache/session/{id}\""))
                .body(containsString("status=\"405\",uri=\"METHOD_NOT_ALLOWED\""))
                .body(not(containsString("unique-4711"))));
    }

    private static void isRefused(RequestSpecification request, String sentence) {
        request.get("/cache/session/any").then().statusCode(401).contentType("application/json")
                .header("WWW-Authenticate", "Bearer").body("error", equalTo(sentence)).body("size()", equalTo(1));
    }

    private String errorType(String... authorization) {
        var trace = new TestTrace(spans);
        var request = trace.given();
        for (var header : authorization) {
            request.header("Authorization", header);
        }
        request.get("/cache/session/any").then().statusCode(401);
        return trace.span().getAttributes().get(Failure.ERROR_TYPE);
    }
}
