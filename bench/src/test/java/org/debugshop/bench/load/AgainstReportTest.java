package org.debugshop.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.debugshop.bench.load.AgainstReport.FirstStart;
import org.debugshop.bench.load.AgainstReport.Measured;
import org.debugshop.bench.load.Comparison.Subject;
import org.debugshop.bench.load.Instance.Member;
import org.debugshop.bench.load.Instance.Start;
import org.junit.jupiter.api.Test;

class AgainstReportTest {

    private static final long MB = 1024 * 1024;
    private static final Machine MACHINE = new Machine("a processor", 2, 24L * 1024 * MB, "a system", "a JDK", 0.5);
    private static final Operation PRODUCTS = Operation.ALL.getFirst().betweenCommits();

    private final Measured other = measured("old", 100, 0, 20, 1.5, 100);
    private final Measured here = measured("new", 50, 0, 15, 0.9, 80);

    @Test
    void shouldCompareEachFigureWithItsGoal() {
        assertThat(report(true, other, here).table())
                .containsPattern("START +old +new\n")
                .containsPattern("the first of a fresh clone +100 s +50.0 s +0.50x  ≤ 0.6x  met\n")
                .containsPattern("./shop up -d +20.0 s +15.0 s +0.75x  ≤ 0.6x  missed\n")
                .containsPattern("CPU time of a service, mean +1.5 s +0.9 s +0.60x  ≤ 1.0  met\n")
                .containsPattern("gateway +100 MB +80.0 MB +0.80x\n")
                .containsPattern("GET /products +100 /s +300 /s +3.00x  ≥ 5.0x  missed\n")
                .containsPattern("GET /products, 150 a second +- ms +2.0 ms +≤ 50.0  met\n")
                .doesNotContain("FAILED");
    }

    @Test
    void shouldCountOnlyProcessesThatBothHave() {
        var more = List.of(here.rested().getFirst(), new Member("accounts", 2, 8088, 90 * MB, 20, 1));
        var larger = new Measured("new", here.firstStart(), here.starts(), here.started(), more, here.worked(), here.idle());

        assertThat(report(true, other, larger).table()).containsPattern("accounts +- MB +90.0 MB\n")
                .containsPattern("of all +100 MB +170 MB")
                .containsPattern("of those that both have +100 MB +80.0 MB");
    }

    @Test
    void shouldCallNoGoalMetThatWasNotMeasuredReliably() throws Exception {
        var report = report(false, measured("old", 100, 35_000_000, 20, 1.5, 100), here);

        assertThat(report.table()).containsPattern("the first of a fresh clone .* unknown: old downloaded 35 MB\n")
                .containsPattern("./shop up -d .* unknown: a short run measures cold code\n").doesNotContainPattern("x  met");
        assertThat((List<?>) JSON.std.mapFrom(report.json()).get("figures")).first()
                .satisfies(figure -> assertThat((Map<?, ?>) figure).extracting("other", "here", "met").containsExactly(100.0, 50.0, null));
    }

    private static Measured measured(String commit, double first, long downloaded, double up, double cpu, long megabytes) {
        var gateway = new Member("gateway", 1, 8080, megabytes * MB, 22, cpu);
        return new Measured(commit, new FirstStart(first, downloaded), List.of(new Start(up - 1, up)), List.of(List.of(gateway)),
                List.of(gateway), List.of(gateway), 0.1);
    }

    private static AgainstReport report(boolean warm, Measured other, Measured here) {
        var plan = new Plan(32, 0, 5, 3, 3, warm, List.of("products"), List.of(500, 520, 540, 560), "old", false, false);
        return new AgainstReport(MACHINE, plan, other, here, List.of(
                new Comparison(PRODUCTS, 0, Map.of(Subject.OTHER_COMMIT, List.of(round(100)), Subject.TELEMETRY, List.of(round(300)))),
                new Comparison(PRODUCTS, 150, Map.of(Subject.TELEMETRY, List.of(round(150))))));
    }

    /** Returns a round of one second, in which each operation took two milliseconds. */
    private static Round round(int operations) {
        var latencies = new Histogram(3);
        latencies.recordValueWithCount(2_000_000, operations);
        return new Round(operations, 1, latencies, Map.of());
    }
}
