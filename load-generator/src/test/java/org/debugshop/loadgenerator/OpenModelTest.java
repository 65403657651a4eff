package org.debugshop.loadgenerator;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import org.debugshop.defaults.telemetry.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** 100 requests per second, of which at most 25 may be in flight. */
@QuarkusTest
@Tag("nightly")
@TestProfile(OpenModelTest.HundredASecond.class)
class OpenModelTest {

    private static final int LIMIT = 25;

    public static class HundredASecond extends TestEnvironment {
        public HundredASecond() {
            super("RATE", "100", "load.max-in-flight", String.valueOf(LIMIT), "UPSTREAM_TIMEOUT", "2s");
        }
    }

    @Inject
    Traces traces;

    @BeforeEach
    void answerAll() {
        Target.answer(any(anyUrl()), Target.json(200, "{}"));
        traces.reset();
    }

    @Test
    void shouldSendUpToTheLimitWithoutAnswersAndRecover() {
        await().until(() -> traces.whole().size() > 50);

        try (var logs = Logs.captured()) {
            Target.answer(any(anyUrl()), Target.json(200, "{}").withFixedDelay(60_000));
            Target.server.resetRequests();
            // A single user who waits for each answer would have one request in flight.
            await().until(() -> Target.server.findAll(anyRequestedFor(anyUrl())).size() >= LIMIT);
            await().until(() -> dropped() > 0);
            await().until(() -> logs.lines().stream().anyMatch(line -> line.message().endsWith(": gateway did not answer in time")));
        }

        // Abandoned requests have complete traces, too.
        await().untilAsserted(() -> {
            var late = traces.whole().values().stream()
                    .filter(trace -> "timeout".equals(trace.root().getAttributes().get(Failure.ERROR_TYPE))).toList();
            assertThat(late).hasSizeGreaterThanOrEqualTo(LIMIT);
        });

        Target.answer(any(anyUrl()), Target.json(200, "{}"));
        var answered = answered();
        await().until(() -> answered() > answered + 100);
    }

    @Test
    void shouldLetTheActionsOfAUserFollowOneAnother() {
        await().until(() -> traces.roots().stream().filter(root -> root.getName().equals("look at product")).count() > 20);
        assertThat(traces.visits().values()).allSatisfy(visit -> {
            assertThat(visit.stream().skip(1).map(SpanData::getName)).doesNotContain("open product list", "open category");
            for (var i = 1; i < visit.size(); i++) {
                assertThat(visit.get(i - 1).getEndEpochNanos()).isLessThanOrEqualTo(visit.get(i).getStartEpochNanos());
            }
        });
    }

    private static double dropped() {
        return sum("load_generator_dropped_total ");
    }

    private static double answered() {
        return sum("load_generator_request_count_total{endpoint=\"/products\",method=\"get\",status=\"200\",} ");
    }

    private static double sum(String sample) {
        return given().get("/metrics").then().extract().asString().lines().filter(line -> line.startsWith(sample))
                .mapToDouble(line -> Double.parseDouble(line.substring(sample.length()))).sum();
    }
}
