package org.debugshop.instabook;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(Surroundings.class)
class BookingResourceTest {

    private static final String AUTH_FAILURE = "Internal service authentication failure";
    private static final String ERROR = "Internal service error";
    private static final String STORED = """
            {"id":"s-1","user_id":"user-1","booking_id":"b-1","status":"active","created_at":"2026-01-31T10:00:00Z","data":{"price":1.50}}""";

    WireMockServer cache;

    @Inject
    InMemorySpanExporter spans;

    @Inject
    InMemoryLogRecordExporter logs;

    /** The trace of this test's requests. */
    private final String traceId = IdGenerator.random().generateTraceId();

    @BeforeEach
    void forget() {
        cache.resetAll();
        logs.reset();
    }

    @Test
    void shouldReadASessionWithTheTokenAndWithinTheTrace() {
        cacheAnswers(json(200, STORED));
        read("s-1").statusCode(200).contentType("application/json").body(equalTo(STORED));
        cache.verify(1, getRequestedFor(urlEqualTo("/cache/session/s-1"))
                .withHeader("Authorization", matching("Bearer a-token-for-tests"))
                .withHeader("traceparent", matching("00-" + traceId + "-[0-9a-f]{16}-01")));
    }

    /** It is an edge, as the gateway is. */
    @Test
    void shouldPassOnTheKeyOfAnInterceptAndNothingElseOfTheBaggage() {
        cacheAnswers(json(200, STORED));
        traced().header("baggage", "debug-shop.intercept=ann,team=a").get("/booking/session/s-1").then().statusCode(200);
        cache.verify(1, getRequestedFor(urlEqualTo("/cache/session/s-1")).withHeader("baggage", matching("debug-shop.intercept=ann")));
    }

    @Test
    void shouldStoreASessionAndSendOnlyKnownMembers() {
        cacheAnswers(json(201, STORED));
        store(session().put("created_at", "yesterday").put("card_number", "1234").toString()).statusCode(201)
                .contentType("application/json").body(equalTo(STORED));
        cache.verify(1, postRequestedFor(urlEqualTo("/cache/session"))
                .withHeader("Authorization", matching("Bearer a-token-for-tests"))
                .withHeader("Content-Type", matching("application/json.*"))
                .withHeader("traceparent", matching("00-" + traceId + "-[0-9a-f]{16}-01"))
                .withRequestBody(equalToJson(session().toString())));
    }

    @Test
    void shouldReadAnIdOfAnyCharacters() {
        cacheAnswers(json(200, STORED));
        for (var id : List.of("a/b", "a b", "a;b", "a%2Fb", "a?b#c", "a+b", "é😀", "{id}", "../../admin/token")) {
            var encoded = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
            traced().urlEncodingEnabled(false).get("/booking/session/" + encoded).then().statusCode(200);
            cache.verify(1, getRequestedFor(urlEqualTo("/cache/session/" + encoded)));
        }
    }

    @Test
    void shouldRefuseAnInvalidSessionWithoutCallingTheCache() {
        for (var name : List.of("id", "user_id", "booking_id", "status")) {
            isInvalid(session().without(name).toString());
            for (var value : List.of("null", "\"\"", "1", "true", "{}", "[\"s\"]", "\"" + "x".repeat(129) + "\"", "\"\\ud800\"")) {
                isInvalid(with(name, value));
            }
        }
        isInvalid(session().without("data").toString());
        isInvalid(with("data", "null"));
        isInvalid(with("data", "{\"note\":\"half a pair: \\ud800\"}"));
        isInvalid(with("data", "\"" + "x".repeat(64 * 1024 - 1) + "\""));
        for (var body : List.of("", "{}", "[]", "null", "\"s\"", "1")) {
            isInvalid(body);
        }
        for (var unreadable : List.of("{\"id\":", "x", "{} {}", "[".repeat(2_000), with("data", "9".repeat(2_000)))) {
            isInvalid(unreadable);
        }
        store("\"" + "x".repeat(257 * 1024) + "\"").statusCode(413);
        traced().contentType("text/plain").body("x").post("/booking/session").then().statusCode(415);
        traced().delete("/booking/session").then().statusCode(405);
        traced().get("/booking").then().statusCode(404);
        cache.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldSendTheLargestSessionCompletely() {
        cacheAnswers(json(201, STORED));
        var largest = with("data", "\"" + "x".repeat(64 * 1024 - 2) + "\"");
        store(largest).statusCode(201);
        cache.verify(1, postRequestedFor(urlEqualTo("/cache/session")).withRequestBody(equalToJson(largest)));
    }

    @Test
    void shouldAnswer404ForAnUnknownSessionAndCountNoError() {
        cacheAnswers(json(404, "{\"error\":\"Session not found\"}"));
        var before = errors();
        hasError(read("s-404").statusCode(404), "Session not found");
        assertThat(errors()).isEqualTo(before);
        assertThat(logs.getFinishedLogRecordItems()).isEmpty();
    }

    @Test
    void shouldReportThatTheCacheRefusedTheToken() {
        failsOnReadAndStore(json(401, "{\"error\":\"API token authentication is disabled\"}"), AUTH_FAILURE, "auth_failure");
    }

    @Test
    void shouldMapAnyOtherRefusalToAnInternalError() {
        for (var status : List.of(400, 403, 405, 429, 500, 502, 503)) {
            failsOnReadAndStore(json(status, "{\"error\":\"secret detail\"}"), ERROR, "cache_error");
        }
        failsOnReadAndStore(json(503, "{\"error\":\"secret detail\"}").withHeader("Retry-After", "1"), ERROR, "cache_error");
        cacheAnswers(json(404, "{\"error\":\"Session not found\"}"));
        isCounted("cache_error", () -> hasError(store(session().toString()).statusCode(500), ERROR));
    }

    @Test
    void shouldMapAnUnreadableAnswerToAnInternalError() {
        for (var body : List.of("", "garbage", "{", "[]", "null", "{}", "{\"id\":1}", "<html></html>", "\"s-1\"")) {
            failsOnReadAndStore(json(200, body), ERROR, "cache_error");
        }
        failsOnReadAndStore(aResponse().withStatus(200).withHeader("Content-Type", "text/html").withBody("<html></html>"), ERROR,
                "cache_error");
        failsOnReadAndStore(aResponse().withStatus(204), ERROR, "cache_error");
    }

    @Test
    void shouldMapABrokenConnectionToAnInternalError() {
        failsOnReadAndStore(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER), ERROR, "connection_error");
        failsOnReadAndStore(aResponse().withFault(Fault.EMPTY_RESPONSE), ERROR, "connection_error");
    }

    @Test
    void shouldNotWaitForASlowCacheBeyondTheDeadline() {
        failsOnReadAndStore(json(200, STORED).withFixedDelay(60_000), ERROR, "connection_error");
        failsOnReadAndStore(json(200, STORED).withChunkedDribbleDelay(5, 5_000), ERROR, "connection_error");
    }

    @Test
    void shouldLogAFailureOfTheCacheAtErrorWithinTheTrace() {
        cacheAnswers(json(401, "{\"error\":\"API token authentication is disabled\"}"));
        store(session().toString()).statusCode(500);
        var log = log();
        assertThat(log.getBodyValue().asString()).isEqualTo("Could not store the booking session: instabook-cache answered 401");
        assertThat(log.getSeverityText()).isEqualTo("ERROR");
        assertThat(log.getAttributes().get(UpstreamFailure.SERVICE)).isEqualTo("instabook-cache");
        assertThat(log.getAttributes().get(AttributeKey.stringKey("shop.upstream.status"))).isEqualTo("401");
        assertThat(log.getAttributes().get(BookingResource.SESSION_ID)).isEqualTo("s-1");
        assertThat(log.getSpanContext().getTraceId()).isEqualTo(traceId);
    }

    @Test
    void shouldLogATimeOutWithinTheTraceToo() {
        cacheAnswers(json(200, STORED).withFixedDelay(60_000));
        read("s-1").statusCode(500);
        assertThat(log().getBodyValue().asString()).isEqualTo("Could not read the booking session: instabook-cache did not answer in time");
        assertThat(log().getSpanContext().getTraceId()).isEqualTo(traceId);
    }

    @Test
    void shouldEndItsSpanWithAnErrorButNotAsTheOrigin() {
        cacheAnswers(json(401, "{\"error\":\"API token authentication is disabled\"}"));
        read("s-17").statusCode(500);
        var server = span(SpanKind.SERVER);
        assertThat(server.getName()).isEqualTo("GET /booking/session/{id}");
        assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(server.getAttributes().get(BookingResource.SESSION_ID)).isEqualTo("s-17");
        assertThat(server.getAttributes().get(AttributeKey.stringKey("shop.auth.failure"))).isNull();
        assertThat(server.getEvents()).noneMatch(event -> event.getName().equals("shop.failure"));
        var client = span(SpanKind.CLIENT);
        assertThat(client.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(client.getParentSpanId()).isEqualTo(server.getSpanId());
        assertThat(spans.getFinishedSpanItems().toString() + logs.getFinishedLogRecordItems()).doesNotContain("a-token-for-tests");
    }

    private void failsOnReadAndStore(ResponseDefinitionBuilder answer, String sentence, String errorType) {
        cacheAnswers(answer);
        isCounted(errorType, () -> hasError(read("s-1").statusCode(500), sentence));
        isCounted(errorType, () -> hasError(store(session().toString()).statusCode(500), sentence));
    }

    /** Asserts that exactly one more error of this type was counted, none of the others, and that the cache got exactly one request. */
    private void isCounted(String errorType, Runnable request) {
        var before = errors();
        cache.resetRequests();
        request.run();
        cache.verify(1, anyRequestedFor(anyUrl()));
        var expected = new TreeMap<>(before);
        expected.merge(errorType, 1.0, Double::sum);
        assertThat(errors()).isEqualTo(expected);
    }

    private static Map<String, Double> errors() {
        var errors = new TreeMap<String, Double>();
        given().get("/metrics").then().statusCode(200).extract().asString().lines()
                .filter(line -> line.startsWith("instabook_cache_errors_total{error_type=\""))
                .forEach(line -> errors.put(line.split("\"")[1], Double.parseDouble(line.substring(line.lastIndexOf(' ')))));
        assertThat(errors.keySet()).isEqualTo(Set.of("auth_failure", "connection_error", "cache_error"));
        return errors;
    }

    private void isInvalid(String body) {
        hasError(store(body).statusCode(400), "Invalid session data");
    }

    private static void hasError(ValidatableResponse answer, String sentence) {
        answer.contentType("application/json").body("error", equalTo(sentence)).body("size()", equalTo(1));
    }

    private void cacheAnswers(ResponseDefinitionBuilder answer) {
        cache.stubFor(any(anyUrl()).willReturn(answer));
    }

    private static ResponseDefinitionBuilder json(int status, String body) {
        return aResponse().withStatus(status).withHeader("Content-Type", "application/json").withBody(body);
    }

    private ValidatableResponse read(String id) {
        return traced().get("/booking/session/{id}", id).then();
    }

    private ValidatableResponse store(String body) {
        return traced().contentType("application/json").body(body).post("/booking/session").then();
    }

    private RequestSpecification traced() {
        return given().header("traceparent", "00-" + traceId + "-00f067aa0ba902b7-01");
    }

    private SpanData span(SpanKind kind) {
        return await().until(() -> spans.getFinishedSpanItems().stream()
                .filter(span -> span.getTraceId().equals(traceId) && span.getKind() == kind).findFirst().orElse(null),
                found -> found != null);
    }

    private LogRecordData log() {
        return await().until(() -> logs.getFinishedLogRecordItems().stream()
                .filter(log -> log.getSpanContext().getTraceId().equals(traceId)).findFirst().orElse(null), found -> found != null);
    }

    private static ObjectNode session() {
        var session = new ObjectMapper().createObjectNode()
                .put("id", "s-1").put("user_id", "user-1").put("booking_id", "b-1").put("status", "active");
        session.putObject("data").put("room", "suite");
        return session;
    }

    /** A session with one member replaced by a piece of JSON. */
    private static String with(String name, String json) {
        return "{\"" + name + "\":" + json + "," + session().without(name).toString().substring(1);
    }
}
