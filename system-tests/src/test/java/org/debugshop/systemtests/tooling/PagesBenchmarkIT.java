package org.debugshop.systemtests.tooling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.debugshop.bench.pages.PagesBenchmark;
import org.debugshop.systemtests.TheBrowser;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Tab;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** {@code ./shop bench --pages}: checks that it measures, but no figure. */
@Tag("nightly")
@Isolated
@UsesTheSystem
@ExtendWith(TheBrowser.class)
class PagesBenchmarkIT {

    @Test
    void shouldMeasureEachPageAndTheCostOfOpenPages(Shop shop, Tab tab) {
        var report = new PagesBenchmark(shop, tab.page().context().browser(), 1, Duration.ofSeconds(1), _ -> {}).run();

        assertThat(report.openings()).hasSize(8).allSatisfy(opening -> {
            assertThat(opening.firstMs()).isPositive();
            assertThat(opening.againMs()).isPositive();
            assertThat(opening.requests()).isPositive();
            assertThat(opening.bytes()).isGreaterThan(10_000);
        });
        assertThat(report.costs()).extracting(PagesBenchmark.Cost::readers).containsExactly(0, 1, 5);
        assertThat(report.costs()).extracting(PagesBenchmark.Cost::coreShare).allSatisfy(share -> assertThat(share).isBetween(0.0, 4.0));
        assertThat(PagesBenchmark.table(report, "1")).contains("a trace of 5000 spans", "5 overviews open");
    }
}
