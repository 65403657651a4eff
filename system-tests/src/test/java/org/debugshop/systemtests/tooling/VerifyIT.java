package org.debugshop.systemtests.tooling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** {@code ./shop verify}: checks that it measures faults, and judges the diagnosis. */
@Tag("nightly")
@Isolated
class VerifyIT {

    private static final Duration LIMIT = Duration.ofMinutes(15);

    @Test
    void shouldMeasureTwoFaultsAndJudgeTheDiagnosis() {
        var outcome = new Shop(Shop.thisCheckout(), 0).runOnCheckout(LIMIT, "verify", "payment-declined", "instabook-token",
                "--json", "--seed", "3");

        assertThat(outcome.code()).as(outcome::err).isZero();
        var report = Json.tree(outcome.out());
        assertThat(report.path("seed").asInt()).isEqualTo(3);
        assertThat(report.path("noise").asBoolean()).isTrue();
        assertThat(report.path("violations")).isEmpty();
        assertThat(report.path("faults")).extracting(fault -> fault.path("id").asText())
                .containsExactlyInAnyOrder("payment-declined", "instabook-token");
        assertThat(report.path("faults")).allSatisfy(fault -> {
            assertThat(fault.path("effect_seconds").asDouble()).isPositive();
            assertThat(fault.path("heal_seconds").asDouble()).isPositive();
            assertThat(fault.path("rank").asInt()).as("these two services say that they are the origin").isEqualTo(1);
            assertThat(fault.path("path_right").asBoolean()).isTrue();
        });
        assertThat(report.path("ac1").asDouble()).isEqualTo(1);
        assertThat(report.path("ac3").asDouble()).isEqualTo(1);
        assertThat(report.path("mean_seconds").isNumber()).isTrue();
    }
}
