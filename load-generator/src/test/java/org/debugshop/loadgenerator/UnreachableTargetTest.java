package org.debugshop.loadgenerator;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.opentelemetry.api.trace.StatusCode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.List;
import org.debugshop.defaults.Failure;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(UnreachableTargetTest.NobodyAnswers.class)
class UnreachableTargetTest {

    public static class NobodyAnswers extends TestEnvironment {
        public NobodyAnswers() {
            super("USERS", "2", "DELAY_BETWEEN_USERS", "0.1", "GATEWAY_SERVICE", "http://localhost:" + freePort());
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of();
        }

        private static int freePort() {
            try (var socket = new ServerSocket(0)) {
                return socket.getLocalPort();
            } catch (IOException noPort) {
                throw new UncheckedIOException(noPort);
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
    void shouldSayThatNobodyAnswers() {
        try (var logs = Logs.captured()) {
            await().untilAsserted(() -> {
                var told = logs.lines().stream().filter(line -> traces.root(line.fields().get("traceId")).isPresent()).toList();
                assertThat(told).hasSizeGreaterThan(5).allSatisfy(this::assertTellsThatNobodyAnswers);
            });
        }
    }

    private void assertTellsThatNobodyAnswers(Logs.Line line) {
        assertThat(line.message()).endsWith(" got no answer: gateway is unreachable");
        assertThat(line.fields()).containsEntry("http.response.status_code", "0");
        var root = traces.root(line.fields().get("traceId")).orElseThrow();
        assertThat(root.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(root.getStatus().getDescription()).isEqualTo("gateway is unreachable");
        assertThat(root.getAttributes().get(Failure.ERROR_TYPE)).isEqualTo("unreachable");
    }

    @Test
    void shouldBeReadyAllTheSame() {
        given().get("/health/ready").then().statusCode(200).body("status", equalTo("UP"));
    }
}
