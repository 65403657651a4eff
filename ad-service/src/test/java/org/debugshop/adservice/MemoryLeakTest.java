package org.debugshop.adservice;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Map;
import org.debugshop.defaults.controls.Controls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class MemoryLeakTest {

    @Inject
    Controls controls;
    @Inject
    Impressions impressions;

    @AfterEach
    void heal() {
        controls.apply(Map.of());
    }

    @Test
    void shouldKeepMoreWithEachRequestUntilItIsHealed() {
        requestAds();
        assertThat(impressions.size()).isZero();

        controls.apply(Map.of("memory-leak", 5d));
        await().until(() -> sizeAfterARequest() > 0);
        var before = impressions.size();
        await().until(() -> sizeAfterARequest() > before);

        controls.apply(Map.of());
        assertThat(impressions.size()).isZero();
        assertThat(sizeAfterARequest()).isZero();
    }

    @Test
    void shouldNotAddTheWholePauseBeforeARequest() {
        controls.apply(Map.of("memory-leak", 5d));
        await().until(() -> sizeAfterARequest() > 0);
        assertThat(impressions.size()).isLessThanOrEqualTo(2 * 5 * 16 + 1);
    }

    private int sizeAfterARequest() {
        requestAds();
        return impressions.size();
    }

    private static void requestAds() {
        given().get("/ads").then().statusCode(200);
    }
}
