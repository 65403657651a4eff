package org.debugshop.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code ./shop chaos}, in short: each part is killed once, and all of them together. */
class ChaosIT {

    @Test
    void shouldLoseNothingWhateverIsKilled() {
        try (var own = OwnShop.start(Chaos.ENVIRONMENT, "--without-load")) {
            var report = new Chaos(own.shop(), Chaos.VICTIMS.size() + 1, System.nanoTime(), System.out::println).run();

            assertThat(report.wrong()).as(Chaos.table(report)).isEmpty();
            assertThat(report.kills()).containsOnlyKeys(Chaos.VICTIMS);
            assertThat(report.answered()).isPositive();
        }
    }
}
