package org.debugshop.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code ./shop chaos}, in short. */
class ChaosIT {

    /** All parts are killed at once, and PostgreSQL is frozen, read-only and without its password. */
    private static final int WORST = 4;

    @Test
    void shouldLoseNothingInTheWorstTroubles() {
        losesNothing(WORST);
    }

    @Test
    @Tag("nightly")
    void shouldLoseNothingWhateverGoesWrong() {
        losesNothing(Chaos.TROUBLES.size());
    }

    private static void losesNothing(int rounds) {
        try (var own = OwnShop.start(Chaos.ENVIRONMENT, "--without-load")) {
            var report = new Chaos(own.shop(), rounds, System.nanoTime(), System.out::println).run();

            assertThat(report.wrong()).as(Chaos.table(report)).isEmpty();
            assertThat(report.troubles()).containsOnlyKeys(Chaos.TROUBLES.stream().limit(rounds).map(Object::toString).toList());
            assertThat(report.answered()).isPositive();
        }
    }
}
