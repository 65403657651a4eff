package org.debugshop.loadgenerator;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.opentelemetry.api.trace.StatusCode;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.debugshop.defaults.telemetry.Failure;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@QuarkusTest
@Tag("nightly")
@TestProfile(UnreachableTargetTest.NobodyAnswers.class)
class UnreachableTargetTest {

    public static class NobodyAnswers extends TestEnvironment {
        public NobodyAnswers() {
            super("USERS", "2", "DELAY_BETWEEN_USERS", "0.1");
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(RefusedPort.class));
        }
    }

    /** Reserves the gateway's port: it is bound, so no other program gets it, but nothing listens, so connections are refused. */
    public static class RefusedPort implements QuarkusTestResourceLifecycleManager {

        private final Socket port = new Socket();

        @Override
        public Map<String, String> start() {
            try {
                port.bind(null);
            } catch (IOException noPort) {
                throw new UncheckedIOException(noPort);
            }
            return Map.of("GATEWAY_SERVICE", "http://localhost:" + port.getLocalPort());
        }

        @Override
        public void stop() {
            try {
                port.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Inject
    Traces traces;

    @Test
    void shouldCountNoAnswerAsStatusZero() {
        await().untilAsserted(() -> assertThat(given().get("/metrics").then().extract().asString())
                .containsPattern("(?m)^load_generator_request_count_total\\{endpoint=\"/products\",method=\"get\",status=\"0\",?} ")
                .doesNotContainPattern("load_generator_request_count_total\\{.*status=\"[1-9]"));
    }

    @Test
    void shouldLogThatTheTargetIsUnreachable() {
        try (var logs = Logs.captured()) {
            await().untilAsserted(() -> {
                var logged = logs.lines().stream().filter(line -> traces.root(line.fields().get("traceId")).isPresent()).toList();
                assertThat(logged).hasSizeGreaterThan(5).allSatisfy(this::assertLogsThatTheTargetIsUnreachable);
            });
        }
    }

    private void assertLogsThatTheTargetIsUnreachable(Logs.Line line) {
        assertThat(line.message()).endsWith(" got no answer: gateway is unreachable");
        assertThat(line.fields()).containsEntry("http.response.status_code", "0");
        var root = traces.root(line.fields().get("traceId")).orElseThrow();
        assertThat(root.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(root.getStatus().getDescription()).isEqualTo("gateway is unreachable");
        assertThat(root.getAttributes().get(Failure.ERROR_TYPE)).isEqualTo("unreachable");
    }

    @Test
    void shouldBeReadyNevertheless() {
        given().get("/health/ready").then().statusCode(200).body("status", equalTo("UP"));
    }
}
