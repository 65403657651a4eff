package org.debugshop.systemtests.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import org.debugshop.bench.chaos.Chaos;
import org.debugshop.testkit.OwnShop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A short run of {@code ./shop chaos}, with each kind of trouble once. {@link QuietShopIT} has the outages that CI tests for every change.
 */
@Tag("nightly")
@Isolated
class ChaosIT {

    @Test
    void shouldLoseNoOrderInAnyKindOfTrouble() {
        try (var own = OwnShop.start(Chaos.ENVIRONMENT, "--without-load")) {
            var report = new Chaos(own.shop(), Chaos.TROUBLES.size(), System.nanoTime(), System.out::println).run();

            assertThat(report.wrong()).as(Chaos.table(report)).isEmpty();
            assertThat(report.troubles()).containsOnlyKeys(Chaos.TROUBLES.stream().map(Object::toString).toList());
            assertThat(report.answered()).isPositive();
        }
    }
}
