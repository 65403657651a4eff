package org.debugshop.systemtests.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import org.debugshop.bench.verify.Fault;
import org.debugshop.bench.verify.Report;
import org.debugshop.bench.verify.Verify;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** All faults work, heal, and leave no wrong order, stock or payment: {@code ./shop verify --effects}. */
@Isolated
@Tag("nightly")
class FaultEffectsIT {

    @Test
    void shouldMeasureTheEffectOfEachFaultAndItsRecovery() throws InterruptedException {
        var ids = Fault.all(Shop.thisCheckout()).stream().map(Fault::id).toList();
        try (var own = OwnShop.start(Verify.ENVIRONMENT)) {
            var report = new Verify(own.shop(), Verify.Settings.effectsOf(ids), System.out::println).run();

            assertThat(report.faults()).extracting(Report.Row::id).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(report.isGood()).as(report.table()).isTrue();
        }
    }
}
