package org.debugshop.instabookcache;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(InMemoryTelemetry.class)
class AdminTest {

    @TestHTTPResource
    URI base;

    @Inject
    TokenSwitch tokenSwitch;

    @Inject
    InMemorySpanExporter spans;

    @Inject
    InMemoryLogRecordExporter logs;

    @BeforeEach
    void turnOn() {
        tokenSwitch.change(Optional.of(true), "test").await().indefinitely();
    }

    @Test
    void shouldServeThePageAndItsPartsAndForbidInlineCode() {
        var page = given().accept("text/html").get("/admin").then().statusCode(200).contentType("text/html;charset=UTF-8")
                .header("Content-Security-Policy",
                        allOf(containsString("default-src 'none'"), containsString("script-src 'self'"), not(containsString("unsafe"))))
                .header("X-Content-Type-Options", "nosniff").header("Cache-Control", "no-store").extract().asString();
        assertThat(page).doesNotContain(" style=", "<style").doesNotContainPattern("\\son\\w+=").doesNotContainPattern("<script[^>]*>[^<]");
        assertThat(page).contains("/admin/admin.js", "/admin/admin.css", "/admin/icon.svg");
        given().get("/admin/admin.js").then().statusCode(200).contentType("text/javascript;charset=UTF-8");
        given().get("/admin/admin.css").then().statusCode(200).contentType("text/css;charset=UTF-8");
        given().get("/admin/icon.svg").then().statusCode(200).contentType("image/svg+xml");
        given().get("/admin/nothing").then().statusCode(404).body("error", equalTo("There is nothing at this path"));
    }

    @Test
    void shouldToggleWithoutABody() {
        given().get("/admin/token").then().statusCode(200).body(equalTo("{\"enabled\":true}"));
        given().post("/admin/token").then().statusCode(200).body(equalTo("{\"enabled\":false}"));
        given().get("/admin/token").then().statusCode(200).body(equalTo("{\"enabled\":false}"));
        for (var type : List.of("application/json", "text/plain", "application/x-www-form-urlencoded", "image/png")) {
            boolean before = isOn();
            given().contentType(type).post("/admin/token").then().statusCode(200).body("enabled", equalTo(!before));
        }
    }

    @Test
    void shouldSetWithABody() {
        for (var type : List.of("application/json", "application/json; charset=utf-8", "Application/JSON")) {
            for (var enabled : List.of(false, false, true, true)) {
                given().header("Content-Type", type).body("{\"enabled\":" + enabled + "}").post("/admin/token").then()
                        .statusCode(200).body(equalTo("{\"enabled\":" + enabled + "}"));
                assertThat(isOn()).isEqualTo(enabled);
            }
        }
    }

    @Test
    void shouldRefuseAnInvalidBodyAndChangeNothing() {
        for (var body : List.of("{", "{}", "[]", "null", "false", " ", "{\"enabled\":null}", "{\"enabled\":0}", "{\"enabled\":\"false\"}",
                "{\"Enabled\":false}",
                "{\"enabled\":false} x", "[".repeat(1_100))) {
            given().contentType("application/json").body(body).post("/admin/token").then().statusCode(400).contentType("application/json")
                    .body("error", equalTo("The body must be {\"enabled\": true} or {\"enabled\": false}"));
        }
        for (var type : List.of("text/plain", "application/xml", "application/jsonp")) {
            given().header("Content-Type", type).body("{\"enabled\":false}".getBytes()).post("/admin/token").then().statusCode(415)
                    .body("error", equalTo("The body must be application/json"));
        }
        given().delete("/admin/token").then().statusCode(405);
        assertThat(isOn()).isTrue();
    }

    @Test
    void shouldKeepTheLastChangesNewestFirst() {
        for (int i = 0; i < 25; i++) {
            given().post("/admin/token").then().statusCode(200);
        }
        ownOrigin().contentType("application/json").body("{\"enabled\":true}").post("/admin/token").then().statusCode(200);
        given().contentType("application/json").body("{\"enabled\":true}").post("/admin/token").then().statusCode(200);
        given().get("/admin/token/changes").then().statusCode(200).body("enabled", equalTo(true))
                .body("changes.size()", equalTo(20))
                .body("changes[0].enabled", equalTo(true)).body("changes[0].changed_by", equalTo("page"))
                .body("changes[0].changed_at", matchesPattern("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z"))
                .body("changes[1].enabled", equalTo(false)).body("changes[1].changed_by", equalTo("api"));
    }

    @Test
    void shouldNotLoseAToggleUnderConcurrency() throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            var work = IntStream.range(0, 8).mapToObj(_ -> (Callable<Integer>) () -> (int) IntStream.range(0, 125)
                    .filter(_ -> tokenSwitch.change(Optional.empty(), "test").await().indefinitely()).count()).toList();
            var turnedOn = 0;
            for (var result : threads.invokeAll(work)) {
                turnedOn += result.get();
            }
            assertThat(turnedOn).as("of a thousand toggles every other one turns on").isEqualTo(500);
        }
        assertThat(isOn()).isTrue();
    }

    /** service-defaults tests the guard itself. */
    @Test
    void shouldBeProtectedByTheGuardUnlikeTheCache() {
        given().header("Origin", "http://evil.example").post("/admin/token").then().statusCode(403)
                .body("error", equalTo("A page of another origin must not change this"));
        assertThat(isOn()).isTrue();
        for (var path : List.of("/admin", "/admin/token", "/admin/token/changes", "/admin/nothing")) {
            given().header("Host", "evil.example").get(path).then().statusCode(403).body("error",
                    equalTo("Without ADMIN_PASSWORD the admin page answers under localhost, and names of ALLOWED_HOSTS, only"));
        }
        given().header("Host", "evil.example").get("/cache/session/x").then().statusCode(401);
    }

    @Test
    void shouldLogAChangeOnceAndSetItOnTheSpan() {
        logs.reset();
        var off = "{\"enabled\":false}";
        var trace = new TestTrace(spans);
        trace.given().contentType("application/json").body(off).post("/admin/token").then().statusCode(200);
        given().contentType("application/json").body(off).post("/admin/token").then().statusCode(200);
        given().post("/admin/token").then().statusCode(200);
        await().until(() -> logs.getFinishedLogRecordItems().size() == 2);
        assertThat(trace.span().getName()).isEqualTo("POST /admin/token");
        assertThat(trace.span().getAttributes().get(TokenSwitch.ENABLED)).isEqualTo(false);
        assertThat(trace.span().getAttributes().get(TokenSwitch.CHANGED_BY)).isEqualTo("api");
        assertThat(logs.getFinishedLogRecordItems().stream().map(log -> log.getSeverityText()).toList()).isEqualTo(List.of("WARN", "INFO"));
    }

    @Test
    void shouldKeepThePollingOfThePageOutOfTracesAndMetrics() {
        var trace = new TestTrace(spans);
        trace.given().get("/admin/token/changes").then().statusCode(200);
        trace.given().get("/admin/token").then().statusCode(200);
        assertThat(trace.span().getName()).isEqualTo("GET /admin/token");
        await().untilAsserted(() -> given().get("/metrics").then().body(containsString("uri=\"/admin/token\""))
                .body(not(containsString("/admin/token/changes"))));
    }

    private boolean isOn() {
        return tokenSwitch.enabled().await().indefinitely();
    }

    private RequestSpecification ownOrigin() {
        return given().header("Origin", "http://" + base.getAuthority());
    }
}
