package org.debugshop.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.jr.ob.JSON;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.debugshop.bench.load.Comparison.Subject;
import org.debugshop.bench.load.Instance.Member;
import org.debugshop.bench.load.Instance.Start;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Plan PLAN = new Plan(32, 0, 5, 3, 3, true, List.of("products"), List.of(500, 520, 540, 560), "", false, false);
    private static final Operation PRODUCTS = Operation.ALL.getFirst();
    private static final long MB = 1024 * 1024;

    @Test
    void shouldTakeTheMedianOfTheRounds() {
        var comparison = comparison(0, List.of(round(100), round(900), round(200)), List.of(round(50), round(300), round(180)));

        assertThat(comparison.perSecond(Subject.BARE)).isEqualTo(200);
        assertThat(comparison.perSecond(Subject.TELEMETRY)).isEqualTo(180);
        assertThat(comparison.ratio(Subject.TELEMETRY, Subject.BARE)).as("median of 50, 33 and 90 %").isEqualTo(0.5);
    }

    @Test
    void shouldReportThePercentiles() {
        var latencies = new Histogram(3);
        for (var milliseconds = 1; milliseconds <= 1000; milliseconds++) {
            latencies.recordValue(milliseconds * 1_000_000L);
        }
        var rounds = List.of(new Round(1000, 1, latencies, Map.of()));

        var latency = comparison(0, rounds, rounds).latency(Subject.TELEMETRY);

        assertThat(latency.p50()).isCloseTo(500, within(0.6));
        assertThat(latency.p90()).isCloseTo(900, within(1.0));
        assertThat(latency.p99()).isCloseTo(990, within(1.0));
        assertThat(latency.p999()).isCloseTo(999, within(1.0));
        assertThat(latency.max()).isCloseTo(1000, within(1.0));
    }

    @Test
    void shouldCompareStartsInPairs() {
        assertThat(report(Map.of()).startRatio()).as("median of 2, 1.5 and 1.25").isEqualTo(1.5);
    }

    @Test
    void shouldShowEverythingInATable() {
        var table = Table.of(report(Map.of()));

        assertThat(table).contains("a processor, 2 cores, 24.0 GiB", "32 connections, 3 rounds of 5.0 s", "START of 10 services")
                .containsPattern("gateway +100 MB +22 +120 MB +23\n")
                .containsPattern("load-generator +50 MB +20 +- +-\n")
                .containsPattern("in all +150 MB +42 +120 MB +23\n")
                .containsPattern("GET /products +200 +180 +200 +50% +10%\n")
                .containsPattern("p50 +p90 +p99 +p99.9 +max +errors\n")
                .containsPattern("GET /products +100 a second +bare Quarkus +2\\.00 +2\\.00 +2\\.00 +2\\.00 +2\\.00 +0\n")
                .containsPattern("start, times that of bare Quarkus +1.50 x +≤ 1.5 x +met\n")
                .containsPattern("GET /products, of bare Quarkus +50.00 % +≥ 60.0 % +missed\n")
                .containsPattern("telemetry costs, GET /products +10.00 % +≤ 15.0 % +met\n")
                .doesNotContain("FAILED");
    }

    @Test
    void shouldCompareOrdersWithAndWithoutEngines() throws Exception {
        var orders = Operation.ALL.stream().filter(operation -> operation.name().equals("orders")).findFirst().orElseThrow();
        var report = report(
                List.of(new Comparison(orders, 0, Map.of(Subject.TELEMETRY, List.of(round(300)), Subject.IN_MEMORY, List.of(round(400))))));

        assertThat(Table.of(report)).containsPattern("POST /checkout +300 +400 +25%\n").doesNotContain("THROUGHPUT");
        assertThat(report.goals()).extracting(Report.Goal::what).doesNotContain("telemetry costs, POST /checkout");
        var compared = object(((List<?>) JSON.std.mapFrom(Json.of(report)).get("comparisons")).getFirst());
        assertThat(compared).containsEntry("of_in_memory", 0.75).containsEntry("of_bare", null);
        assertThat(object(compared.get("subjects"))).containsOnlyKeys("telemetry", "in_memory");
    }

    @Test
    void shouldCompareAProtectedRouteWithAnOpenOne() throws Exception {
        var auth = Operation.ALL.stream().filter(operation -> operation.name().equals("auth")).findFirst().orElseThrow();
        var report = report(List.of(new Comparison(auth, 0,
                Map.of(Subject.OPEN, List.of(round(400), round(900)), Subject.PROTECTED, List.of(round(200), round(600))))));

        assertThat(Table.of(report)).containsPattern("GET an order +650 +400 +1\\.75x\n")
                .containsPattern("a protected request, times an open one +1\\.75 x +≤ 1\\.5 x +missed\n")
                .doesNotContain("THROUGHPUT", "ORDERS");
        var compared = object(((List<?>) JSON.std.mapFrom(Json.of(report)).get("comparisons")).getFirst());
        assertThat((double) compared.get("of_open")).isCloseTo((0.5 + 2.0 / 3) / 2, within(1e-9));
        assertThat(compared).containsEntry("of_bare", null);
        assertThat(object(compared.get("subjects"))).containsOnlyKeys("open", "protected");
    }

    @Test
    void shouldReportFailedRequests() throws Exception {
        var report = report(Map.of("status 502", 7));

        assertThat(report.failures()).containsExactly("GET /products, telemetry on, 100 a second: 7 times status 502");
        assertThat(Table.of(report)).contains("FAILED REQUESTS", "7 times status 502").containsPattern("telemetry on .* 7\n");
        assertThat(JSON.std.mapFrom(Json.of(report)).get("failed_requests")).isEqualTo(report.failures());
    }

    @Test
    void shouldNotSayThatAGoalIsMetIfRequestsFailed() throws Exception {
        var auth = Operation.ALL.stream().filter(operation -> operation.name().equals("auth")).findFirst().orElseThrow();
        var failing = new Round(0, 1, round(1).latencies(), Map.of("an incomplete answer", 9));
        var report = report(
                List.of(new Comparison(auth, 0, Map.of(Subject.OPEN, List.of(failing), Subject.PROTECTED, List.of(round(100))))));

        assertThat(Table.of(report)).containsPattern("a protected request, times an open one .* unknown: requests failed\n");
        assertThat(object(((List<?>) JSON.std.mapFrom(Json.of(report)).get("goals")).getLast())).containsEntry("met", null);
    }

    @Test
    void shouldPrintJson() throws Exception {
        var report = JSON.std.mapFrom(Json.of(report(Map.of())));

        assertThat(report).containsOnlyKeys("machine", "commit", "options", "start", "processes", "comparisons", "goals",
                "failed_requests");
        assertThat(object(report.get("start"))).containsEntry("ratio", 1.5).containsEntry("answer_s", List.of(12.0, 12.0, 10.0));
        var closed = object(((List<?>) report.get("comparisons")).getFirst());
        assertThat(closed).containsEntry("operation", "products").containsEntry("rate", null).containsEntry("of_bare", 0.5)
                .containsEntry("of_no_telemetry", 0.9).containsEntry("of_in_memory", null).containsEntry("of_open", null);
        var subjects = object(closed.get("subjects"));
        assertThat(subjects).containsOnlyKeys("bare", "telemetry", "no_telemetry");
        assertThat(object(subjects.get("bare"))).containsEntry("per_second", 200.0).containsEntry("errors", Map.of());
        assertThat(object(object(subjects.get("bare")).get("latency_ms"))).containsOnlyKeys("p50", "p90", "p99", "p99.9", "max");
        assertThat((List<?>) report.get("goals")).first()
                .satisfies(goal -> assertThat(object(goal)).containsEntry("at_most", 1.5).containsEntry("met", true));
    }

    @Test
    void shouldReadThePlanOfTheLauncher() throws Exception {
        var plan = Plan.parse("""
                {"connections":32,"rate":0,"seconds":5,"rounds":3,"starts":3,"warmUpStart":true,"requests":["products"],
                "offsets":[500,520,540,560],"against":"","json":false,"live":false}""");

        assertThat(plan).isEqualTo(PLAN);
        assertThat(plan.operations()).containsExactly(PRODUCTS);
    }

    @Test
    void shouldRequestTheSameNumberOfBytesFromABareService() {
        var booking = Operation.ALL.stream().filter(operation -> operation.name().equals("booking")).findFirst().orElseThrow();

        assertThat(booking.bare(List.of(190, 191)).steps().apply(1)).extracting(Operation.Step::method, Operation.Step::target)
                .containsExactly(tuple("POST", "/bytes/190"), tuple("GET", "/bytes/191"));
        assertThat(booking.bare(List.of(190, 191)).steps().apply(1).getFirst().body())
                .isEqualTo(booking.steps().apply(1).getFirst().body());
    }

    private static Report report(Map<String, Integer> errors) {
        var bare = List.of(round(100), round(900), round(200));
        var on = List.of(round(50), round(300), round(180));
        var failing = new Round(10, 1, on.getFirst().latencies(), errors);
        return report(List.of(comparison(0, bare, on), comparison(100, bare, List.of(failing, on.get(1), on.get(2)))));
    }

    private static Report report(List<Comparison> comparisons) {
        return new Report(new Machine("a processor", 2, 24L * 1024 * MB, "a system", "a JDK", 0.5), PLAN, "abc", 10,
                List.of(new Start(12, 13), new Start(12, 14), new Start(10, 11)),
                List.of(new Start(6, 7), new Start(8, 9), new Start(8, 9)),
                List.of(new Member("gateway", 1, 8080, 100 * MB, 22, 1), new Member("load-generator", 2, 8099, 50 * MB, 20, 1)),
                List.of(new Member("gateway", 1, 8080, 120 * MB, 23, 2)),
                comparisons);
    }

    private static Comparison comparison(double rate, List<Round> bare, List<Round> on) {
        var off = on.stream().map(round -> round((int) Math.round(round.perSecond() / 0.9))).toList();
        return new Comparison(PRODUCTS, rate, Map.of(Subject.BARE, bare, Subject.TELEMETRY, on, Subject.NO_TELEMETRY, off));
    }

    /**
     * Returns a round of one second.
     *
     * @param operations their number; each takes two milliseconds
     */
    private static Round round(int operations) {
        var latencies = new Histogram(3);
        latencies.recordValueWithCount(2_000_000, operations);
        return new Round(operations, 1, latencies, Map.of());
    }

    @SuppressWarnings("unchecked") // names are always text in JSON
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }
}
