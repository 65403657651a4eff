package org.debugshop.systemtests.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import org.debugshop.bench.verify.Fault;
import org.debugshop.bench.verify.Report;
import org.debugshop.bench.verify.Verify;
import org.debugshop.testkit.OwnShop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Every fault works, heals, and leaves no wrong order, stock or payment: {@code ./shop verify --effects}. */
@Isolated
class FaultEffectsIT {

    @Test
    void shouldMeasureTheEffectOfEachFaultAndItsRecovery() throws InterruptedException {
        try (var own = OwnShop.start(Verify.ENVIRONMENT)) {
            var report = new Verify(own.shop(), Verify.Settings.EFFECTS, System.out::println).run();

            assertThat(report.faults()).extracting(Report.Row::id)
                    .containsExactlyElementsOf(Fault.all(own.shop().checkout()).stream().map(Fault::id).toList());
            assertThat(report.isGood()).as(report.table()).isTrue();
        }
    }
}
