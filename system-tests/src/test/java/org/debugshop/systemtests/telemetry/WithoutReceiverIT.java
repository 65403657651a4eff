package org.debugshop.systemtests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.testkit.Service.CURRENCY;

import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Test;

/** A service without a receiver for its telemetry. */
class WithoutReceiverIT {

    private static final int REQUESTS = 2_000;
    private static final int A_FEW = 3;
    private static final long MEMORY = 256L * 1024 * 1024;

    @Test
    void shouldAnswerAsUsualAndLogFewWarningsWithoutAReceiver() {
        try (var own = OwnShop.start("--only", "currency")) {
            for (var i = 0; i < REQUESTS; i++) {
                assertThat(Http.text(own.shop().url(CURRENCY) + "/convert?to=EUR&amount=10")).contains("\"converted\":8.50");
            }

            assertThat(own.shop().run("logs", "--raw", "-n", "100000", "currency").out().lines().map(Json::tree))
                    .filteredOn(line -> !line.path("level").asText().equals("INFO"))
                    .hasSizeLessThanOrEqualTo(A_FEW)
                    .allMatch(line -> line.path("level").asText().equals("WARN"));
            assertThat(own.shop().status(CURRENCY)).returns("ready", Shop.Status::state).returns(0, Shop.Status::restarts)
                    .satisfies(status -> assertThat(status.pssBytes()).isLessThan(MEMORY));
        }
    }
}
