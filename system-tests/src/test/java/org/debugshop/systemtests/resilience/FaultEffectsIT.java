package org.debugshop.systemtests.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.debugshop.bench.verify.Fault;
import org.debugshop.bench.verify.Report;
import org.debugshop.bench.verify.Verify;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Faults work, heal, and leave no wrong order, stock or payment: {@code ./shop verify --effects}. */
@Isolated
class FaultEffectsIT {

    /** One of each way to break something: a share of requests, one record, a clock, a figure, a column, a lock, a consumer, an event. */
    private static final List<String> SOME = List.of("payment-declined", "one-product", "token-clock", "wrong-rate", "table-locked",
            "missing-column", "slow-consumer", "event-contract");

    @Test
    void shouldMeasureTheEffectOfFaultsOfAllKindsAndTheirRecovery() throws InterruptedException {
        measure(SOME);
    }

    @Test
    @Tag("nightly")
    void shouldMeasureTheEffectOfEachFaultAndItsRecovery() throws InterruptedException {
        measure(Fault.all(Shop.thisCheckout()).stream().map(Fault::id).toList());
    }

    private static void measure(List<String> ids) throws InterruptedException {
        try (var own = OwnShop.start(Verify.ENVIRONMENT)) {
            var report = new Verify(own.shop(), Verify.Settings.effectsOf(ids), System.out::println).run();

            assertThat(report.faults()).extracting(Report.Row::id).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(report.isGood()).as(report.table()).isTrue();
        }
    }
}
