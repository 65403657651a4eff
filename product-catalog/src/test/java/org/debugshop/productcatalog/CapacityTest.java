package org.debugshop.productcatalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import org.debugshop.defaults.controls.Controls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The part of this service in the fault retry-storm. */
@QuarkusTest
class CapacityTest {

    @Inject
    Controls controls;
    @Inject
    Capacity capacity;

    @AfterEach
    void heal() {
        controls.apply(Map.of());
    }

    @Test
    void shouldBeSlowForAWhileAndHaveLittleCapacityUntilItIsHealed() {
        controls.apply(Map.of("retry-storm", 9d));
        var start = System.nanoTime();
        given().get("/product/1").then().statusCode(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(500));

        // Later, a request takes less time, if it is alone.
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofSeconds(1)).until(() -> capacity.millisToWait() == 70);
        var last = 0L;
        for (var i = 0; i < 100; i++) {
            last = capacity.millisToWait();
        }
        assertThat(last).isBetween(3_000L, 5_070L);
        start = System.nanoTime();
        given().get("/products").then().statusCode(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(500));

        controls.apply(Map.of());
        assertThat(capacity.millisToWait()).isZero();
        given().get("/product/1").then().statusCode(200);
    }

    @Test
    void shouldLetNoRequestWaitWhileItIsOff() {
        assertThat(capacity.millisToWait()).isZero();
    }
}
