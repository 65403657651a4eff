package org.debugshop.bench.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.debugshop.bench.verify.Report.Healthy;
import org.debugshop.bench.verify.Report.Pair;
import org.debugshop.bench.verify.Report.Row;
import org.debugshop.testkit.Json;
import org.junit.jupiter.api.Test;

class VerifyReportTest {

    private static final Row FIRST = new Row("first", 4.1, 0.3, 1.5, 1, true, List.of(), 7.0, List.of(), null);
    private static final Row THIRD = new Row("third", 12.25, 3.0, null, 3, false, List.of("a", "b"), 8.0, List.of("restart of c"), null);
    private static final Row UNNAMED = new Row("unnamed", 2.0, 3.0, null, null, false, List.of("a"), 8.0, List.of(), null);
    private static final Row SLOW = new Row("slow", 2.0, 3.0, 4.5, 1, false, List.of(), 8.0, List.of(), null);
    private static final Row FAILED = new Row("failed", null, null, null, null, null, List.of(), 6.0, List.of(), "no effect within 60 s");

    @Test
    void shouldScoreAFaultWithoutAnEffectAsMissed() {
        var report = report(List.of(FIRST, THIRD, UNNAMED, SLOW, FAILED), List.of());

        assertThat(report.ac1()).isEqualTo(0.4);
        assertThat(report.ac3()).isEqualTo(0.6);
        assertThat(report.meanSeconds()).isEqualTo(3);
    }

    @Test
    void shouldFailForFaultsButNotForTheScore() {
        assertThat(report(List.of(UNNAMED), List.of()).isGood()).isTrue();
        assertThat(report(List.of(FIRST), null).isGood()).isTrue();
        assertThat(report(List.of(FIRST, FAILED), List.of()).isGood()).isFalse();
        assertThat(report(List.of(FIRST), List.of("order 1 has no receipt")).isGood()).isFalse();
    }

    @Test
    void shouldHaveNoScoreIfNoDiagnosisWasAsked() {
        var effect = new Row("effect", 4.1, 0.3, null, null, null, List.of(), 7.0, List.of(), null);
        var report = Report.of(0, false, false, null, 12.5, List.of(effect), List.of(), null, List.of());

        assertThat(report).returns(null, Report::ac1).returns(null, Report::ac3).returns(null, Report::meanSeconds);
        assertThat(report.table()).contains("effect", "4.1 s", "7.0 s").doesNotContain("AC@1");
    }

    @Test
    void shouldNameTheMembersOfTheJsonAsTheDocumentationDoes() {
        var json = Json.tree(Json.text(report(List.of(FIRST, THIRD), List.of())));

        assertThat(json.path("ac1").asDouble()).isEqualTo(0.5);
        assertThat(json.path("ac3").asDouble()).isEqualTo(1);
        assertThat(json.path("mean_seconds").asDouble()).isEqualTo(1.5);
        assertThat(json.path("seed").asLong()).isEqualTo(7);
        assertThat(json.path("blind").asBoolean()).isTrue();
        assertThat(json.path("violations")).isEmpty();
        var third = json.path("faults").path(1);
        assertThat(third.fieldNames()).toIterable().containsExactlyInAnyOrder("id", "effect_seconds", "figure", "first_seconds", "rank",
                "path_right", "wrong_suspects", "heal_seconds", "disturbances", "problem");
        assertThat(third.path("effect_seconds").asDouble()).isEqualTo(12.25);
        assertThat(third.path("first_seconds").isNull()).isTrue();
        assertThat(third.path("wrong_suspects")).extracting(name -> name.asText()).containsExactly("a", "b");
    }

    @Test
    void shouldPrintOneLineForEachFaultAndTheScore() {
        assertThat(report(List.of(FIRST, THIRD, FAILED), List.of("order 1 has no receipt")).table().lines()).containsExactly(
                "FAULT    EFFECT    FIRST  RANK   PATH   HEALED  WRONG SUSPECTS",
                "first     4.1 s    1.5 s     1  right    7.0 s",
                "third    12.3 s        -     3  wrong    8.0 s  a, b",
                "failed        -        -     -      -    6.0 s",
                "PROBLEM: failed: no effect within 60 s",
                "WRONG:",
                "  order 1 has no receipt",
                "AC@1 0.33   AC@3 0.67   mean time to the right answer 1.5 s   (origins of failed traces, blind, seed 7)");
    }

    @Test
    void shouldPrintPairsAndWhatWasNamedWithoutAFault() {
        var pairs = List.of(new Pair("a", "b", 1, 3, 2.5, List.of(), null),
                new Pair("long", "c", 4, null, null, List.of("x"), "no effect of c"));
        var report = Report.of(7, true, true, "incidents", 12.5, List.of(), pairs, new Healthy(600, 4, List.of("y"), List.of()), List.of());

        assertThat(report.table().lines()).containsExactly("Without a fault, 4 of 600 answers named anything: y.",
                "PAIR      RANKS      BOTH  WRONG SUSPECTS",
                "a + b      1, 3     2.5 s",
                "long + c   4, -         -  x",
                "PROBLEM: long + c: no effect of c",
                "Both origins are among the first three suspects for 1 of 2 pairs (seed 7).",
                "Afterwards each order has one receipt, its stock is sold once, and it is paid at most once.");
        assertThat(report.isGood()).isFalse();
        assertThat(Json.tree(Json.text(report)).path("pairs").path(1).fieldNames()).toIterable().contains("rank_of_one", "wrong_suspects")
                .doesNotContain("right");
    }

    private static Report report(List<Row> rows, List<String> violations) {
        return Report.of(7, true, true, "origins of failed traces", 12.5, rows, List.of(), null, violations);
    }
}
