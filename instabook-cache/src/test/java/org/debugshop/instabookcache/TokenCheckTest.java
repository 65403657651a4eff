package org.debugshop.instabookcache;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

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
        assertThat(span.getName()).isEqualTo("GET /cache/session/{id}");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getAttributes().get(TokenCheck.AUTH_FAILURE)).isEqualTo("API token authentication is disabled");
        assertThat(span.getAttributes().get(Failure.ERROR_TYPE)).isEqualTo("token_disabled");
        assertThat(span.getEvents()).anyMatch(event -> event.getName().equals("shop.failure"));

        await().until(() -> logs.getFinishedLogRecordItems().size() == 1);
        var log = logs.getFinishedLogRecordItems().getFirst();
        assertThat(log.getBodyValue().asString())
                .isEqualTo("Refused a request for a booking session: API token authentication is disabled");
        assertThat(log.getSeverityText()).isEqualTo("WARN");
        assertThat(log.getAttributes().get(TokenCheck.AUTH_FAILURE)).isEqualTo("API token authentication is disabled");
        assertThat(log.getAttributes().get(Failure.ERROR_TYPE)).isEqualTo("token_disabled");
        assertThat(log.getSpanContext().getSpanId()).isEqualTo(span.getSpanId());
    }

    @Test
    void shouldUseADifferentErrorTypeForEachReason() {
        assertThat(errorType()).isEqualTo("missing_header");
        assertThat(errorType("Basic x")).isEqualTo("invalid_header");
        assertThat(errorType("Bearer x")).isEqualTo("invalid_token");
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
        assertThat(telemetry).doesNotContain("wrong-token-17", "instabook-secret-token");
    }

    @Test
    void shouldSetTheSessionOnTheSpanAndLeaveTheStatusOfAMissUnset() {
        var miss = new TestTrace(spans);
        miss.given().header("Authorization", GOOD).get("/cache/session/s-404").then().statusCode(404);
        var read = miss.span();
        assertThat(read.getAttributes().get(SessionResource.SESSION_ID)).isEqualTo("s-404");
        assertThat(read.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(read.getAttributes().get(TokenCheck.AUTH_FAILURE)).isNull();

        var store = new TestTrace(spans);
        store.given().header("Authorization", GOOD).contentType("application/json")
                .body("{\"id\":\"s-5\",\"user_id\":\"u\",\"booking_id\":\"b-9\",\"status\":\"active\",\"data\":{}}").post("/cache/session")
                .then().statusCode(201);
        assertThat(store.span().getName()).isEqualTo("POST /cache/session");
        assertThat(store.span().getAttributes().get(SessionResource.SESSION_ID)).isEqualTo("s-5");
        assertThat(store.span().getAttributes().get(SessionResource.BOOKING_ID)).isEqualTo("b-9");
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
