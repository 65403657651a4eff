package org.debugshop.adservice;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Optional;
import org.debugshop.defaults.controls.Controls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class CpuHogTest {

    @Inject
    Controls controls;
    @Inject
    AdRanking ranking;

    @AfterEach
    void heal() {
        controls.apply(Map.of());
        await().until(() -> ranking.jobs() == 0);
    }

    @Test
    void shouldStartNoJobWhileItIsOff() {
        requestAds("1,2,3", 20);
        assertThat(ranking.jobs()).isZero();
    }

    @Test
    void shouldBurnACoreLongAfterTheAnswerUntilItIsHealed() {
        controls.apply(Map.of("cpu-hog", 2d));
        requestAds("1,2,13", 20);
        assertThat(ranking.jobs()).isZero();

        try (var warnings = new Warnings(AdRanking.class.getName())) {
            requestAds("1,2,3", 1);
            assertThat(ranking.jobs()).isEqualTo(1);
            await().until(() -> warnings.contain("Cannot rank the ads of product 3"));
        }
        // It goes on after its error.
        var before = cpuTime().orElseThrow();
        await().until(() -> cpuTime().orElseThrow() > before + 200_000_000);

        controls.apply(Map.of());
        await().until(() -> ranking.jobs() == 0 && cpuTime().isEmpty());
    }

    @Test
    void shouldStartOneJobForTenRequestsAndNoMoreThanTheStrength() {
        controls.apply(Map.of("cpu-hog", 2d));
        requestAds("3", 10);
        assertThat(ranking.jobs()).isEqualTo(1);
        requestAds("3", 1);
        assertThat(ranking.jobs()).isEqualTo(2);
        requestAds("3", 30);
        assertThat(ranking.jobs()).isEqualTo(2);

        controls.apply(Map.of("cpu-hog", 1d));
        await().until(() -> ranking.jobs() == 1);
    }

    private static void requestAds(String productIds, int times) {
        for (var i = 0; i < times; i++) {
            given().queryParam("product_ids", productIds).get("/ads").then().statusCode(200);
        }
    }

    /** Returns the nanoseconds that the first job has used, or nothing if there is none. */
    private static Optional<Long> cpuTime() {
        var threads = ManagementFactory.getThreadMXBean();
        for (var thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().equals("ad-ranking-0")) {
                return Optional.of(threads.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return Optional.empty();
    }
}
