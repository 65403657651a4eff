package org.debugshop.loadgenerator;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.http.RequestMethod;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.util.HashSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ten users who book with short pauses. */
@QuarkusTest
@TestProfile(InstabookLoadTest.TenWhoBook.class)
class InstabookLoadTest {

    public static class TenWhoBook extends TestEnvironment {
        public TenWhoBook() {
            super("LOAD_PROFILE", "instabook", "USERS", "10", "DELAY_BETWEEN_USERS", "0.1");
        }
    }

    @Inject
    Traces traces;

    @BeforeEach
    void answerAll() {
        traces.reset();
        Target.answer(any(anyUrl()), Target.json(200, "{}"));
    }

    @Test
    void shouldCreateValidSessionsAndReadThemAfterwards() {
        await().until(() -> Target.server.findAll(anyRequestedFor(anyUrl())).stream()
                .filter(request -> request.getMethod().equals(RequestMethod.GET)).count() > 20);
        var created = new HashSet<String>();
        // The journal is in the order of arrival.
        for (var request : Target.server.findAll(anyRequestedFor(anyUrl()))) {
            if (request.getMethod().equals(RequestMethod.POST)) {
                created.add(assertIsASession(request));
            } else {
                assertThat(request.getUrl()).startsWith("/booking/session/");
                assertThat(created).contains(request.getUrl().substring("/booking/session/".length()));
            }
        }
    }

    private static String assertIsASession(LoggedRequest request) {
        assertThat(request.getUrl()).isEqualTo("/booking/session");
        assertThat(request.getHeader("Content-Type")).startsWith("application/json");
        var json = JsonPath.from(request.getBodyAsString());
        assertThat(json.getMap("")).containsOnlyKeys("id", "user_id", "booking_id", "status", "data");
        assertThat(json.getString("id")).hasSizeBetween(1, 128);
        assertThat(json.getMap("data")).isNotEmpty();
        return json.getString("id");
    }

    @Test
    void shouldUseTheNamesOfTheProfile() {
        await().untilAsserted(() -> assertThat(given().get("/metrics").then().extract().asString())
                .containsPattern(
                        "(?m)^load_generator_instabook_request_count_total\\{endpoint=\"/booking/session\",method=\"post\",status=\"200\",?} ")
                .containsPattern(
                        "(?m)^load_generator_instabook_request_count_total\\{endpoint=\"/booking/session/\\{id}\",method=\"get\",status=\"200\",?} ")
                .containsPattern(
                        "(?m)^load_generator_instabook_request_latency_seconds_bucket\\{endpoint=\"/booking/session\",method=\"post\",le=\"0.25\",?} ")
                .doesNotContain("load_generator_request_"));
        await().until(() -> !traces.whole().isEmpty());
        assertThat(traces.spans()).allSatisfy(span -> assertThat(span.getResource().getAttribute(AttributeKey.stringKey("service.name")))
                .isEqualTo("load-generator-instabook"));
    }

    @Test
    void shouldLogAFailureAndReadOnlyCreatedSessions() {
        Target.answer(post(urlPathEqualTo("/booking/session")),
                Target.json(500, "{\"error\":\"Internal service authentication failure\"}"));
        try (var logs = Logs.captured()) {
            await().untilAsserted(() -> {
                // The first lines may belong to actions that started before the test.
                var logged = logs.lines().stream().filter(line -> traces.root(line.fields().get("traceId")).isPresent()).toList();
                assertThat(logged).hasSizeGreaterThan(10).allSatisfy(this::assertIsAFailedCreation);
            });
        }
    }

    private void assertIsAFailedCreation(Logs.Line line) {
        assertThat(line.message())
                .isEqualTo("Failed to create booking session: POST /booking/session answered 500: Internal service authentication failure");
        var trace = traces.whole().get(line.fields().get("traceId"));
        assertThat(trace.root().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(trace.request().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        Target.server.verify(0,
                getRequestedFor(urlEqualTo("/booking/session/" + trace.root().getAttributes().get(InstabookProfile.BOOKING_SESSION))));
    }

    @Test
    void shouldHandleAnAnswerThatIsNotJson() {
        Target.answer(get(anyUrl()), Target.json(503, "<html>Not now</html>"));
        Target.answer(post(anyUrl()), Target.json(500, null));
        try (var logs = Logs.captured()) {
            await().untilAsserted(() -> assertThat(logs.lines().stream().map(line -> line.message()))
                    .contains("Failed to create booking session: POST /booking/session answered 500: the answer has no error text",
                            "Failed to read booking session: GET /booking/session/{id} answered 503: the answer has no error text"));
        }
    }
}
