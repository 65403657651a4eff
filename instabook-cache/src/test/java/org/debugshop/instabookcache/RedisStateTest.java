package org.debugshop.instabookcache;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.redis.datasource.RedisDataSource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is different with Redis: sessions expire by themselves, Redis may be away, and its commands are traced. */
@QuarkusTest
@TestProfile(SharedRedis.class)
class RedisStateTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    RedisDataSource redis;

    @Inject
    InMemorySpanExporter spans;

    @BeforeEach
    void forgetEverything() {
        redis.flushall();
    }

    @Test
    void shouldExpireASessionAfter24Hours() {
        store("s-1");
        var key = RedisState.SESSION + "s-1";
        var left = redis.key().pttl(key);
        assertThat(left).isGreaterThan(Duration.ofHours(23).toMillis()).isLessThanOrEqualTo(Duration.ofHours(24).toMillis());

        redis.key().pexpire(key, 1);

        await().untilAsserted(() -> read("s-1").then().statusCode(404).body("error", equalTo("Session not found")));
    }

    @Test
    void shouldBeOnWithoutChangesAndFollowTheChangesOfAnotherReplica() {
        given().get("/admin/token/changes").then().statusCode(200).body("enabled", equalTo(true)).body("changes.size()", equalTo(0));

        redis.list(String.class).lpush(RedisState.CHANGES,
                "{\"enabled\":false,\"changed_at\":\"2026-01-31T10:00:00Z\",\"changed_by\":\"page\"}");

        read("s-1").then().statusCode(401).body("error", equalTo("API token authentication is disabled"));
        given().post("/admin/token").then().statusCode(200).body("enabled", equalTo(true));
        given().get("/admin/token/changes").then().body("changes.enabled", equalTo(List.of(true, false))).body("changes[1].changed_by",
                equalTo("page"));
    }

    @Test
    void shouldAnswer503WhileRedisIsAwayAndResumeAfterwards() {
        store("s-1");
        SharedRedis.Server.goAway();
        try {
            var trace = new TestTrace(spans);
            trace.given().header("Authorization", "Bearer instabook-secret-token-2024").get("/cache/session/{id}", "s-1").then()
                    .statusCode(503).header("Retry-After", "1")
                    .body("error", equalTo("The sessions and the switch are not available at the moment"));
            var reason = trace.span().getAttributes().get(RedisState.FAILURE);
            assertThat(reason).startsWith("Redis does not answer: ");
            assertThat(trace.span().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            given().get("/admin/token").then().statusCode(503).header("Retry-After", "1");
            given().get("/admin/token/changes").then().statusCode(503);
            given().post("/admin/token").then().statusCode(503);
            given().get("/health/ready").then().statusCode(200);
        } finally {
            SharedRedis.Server.comeBack();
        }
        // This Redis stores nothing on disk, so the session is lost, and the switch is in its initial state.
        await().atMost(PATIENCE).untilAsserted(() -> read("s-1").then().statusCode(404));
        store("s-2");
        read("s-2").then().statusCode(200);
    }

    @Test
    void shouldTraceItsRedisCommands() {
        store("s-1");
        var trace = new TestTrace(spans);
        trace.given().header("Authorization", "Bearer instabook-secret-token-2024").get("/cache/session/s-1").then().statusCode(200);

        trace.span();
        assertThat(trace.commands().stream().map(SpanData::getName).toList()).isEqualTo(List.of("lindex", "get"));
        for (var command : trace.commands()) {
            assertThat(command.getAttributes().get(AttributeKey.stringKey("db.system.name"))).isEqualTo("redis");
            assertThat(command.getAttributes().get(AttributeKey.stringKey("db.system"))).isNull();
            assertThat(command.getAttributes().get(AttributeKey.stringKey("db.operation.name"))).isEqualTo(command.getName());
            assertThat(command.getAttributes().get(AttributeKey.stringKey("server.address"))).isNotNull();
            assertThat(command.getParentSpanId()).isEqualTo(trace.span().getSpanId());
        }
    }

    @Test
    void shouldNotTraceTheRedisCommandsOfThePagesPolling() {
        spans.reset();
        given().get("/admin/token/changes").then().statusCode(200);
        var trace = new TestTrace(spans);
        trace.given().get("/admin/token").then().statusCode(200);
        trace.span();
        assertThat(spans.getFinishedSpanItems()).noneMatch(span -> span.getName().equals("lrange"));
    }

    private static void store(String id) {
        authorized().contentType("application/json")
                .body("{\"id\":\"" + id + "\",\"user_id\":\"u\",\"booking_id\":\"b\",\"status\":\"active\",\"data\":{}}")
                .post("/cache/session").then().statusCode(201);
    }

    private static io.restassured.response.Response read(String id) {
        return authorized().get("/cache/session/{id}", id);
    }

    private static RequestSpecification authorized() {
        return given().header("Authorization", "Bearer instabook-secret-token-2024");
    }
}
