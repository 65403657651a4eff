package org.debugshop.console.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.debugshop.console.store.Exposition;
import org.debugshop.console.store.Exposition.Family;
import org.debugshop.console.store.Sample;
import org.junit.jupiter.api.Test;

class ReplicasTest {

    private static final Map<String, Family> FAMILIES = Map.of("jvm_memory_used_bytes", new Family("gauge", "", ""), "took",
            new Family("histogram", "", ""));

    private final Replicas replicas = new Replicas();
    private long second = 1000;

    private static Sample sample(String name, double value) {
        return new Sample(name, name, List.of(), value, Optional.empty());
    }

    /** Returns the result of a process's answer, two seconds after the previous one. */
    private List<Double> answer(double begun, double requests, double took, double memory) {
        second += 2;
        var scraped = new Exposition(List.of(sample("process_start_time_seconds", begun), sample("requests_total", requests),
                sample("took_sum", took), sample("jvm_memory_used_bytes", memory)), FAMILIES);
        return replicas.merge(scraped, second * 1000).samples().stream().skip(1).map(Sample::value).toList();
    }

    @Test
    void shouldAddUpTheCountersOfReplicasThatAnswerInTurn() {
        assertThat(answer(10, 1_000_000, 5000, 1)).containsExactly(1_000_000.0, 5000.0, 1.0);
        assertThat(answer(10, 1_000_004, 5001, 1)).containsExactly(1_000_004.0, 5001.0, 1.0);
        assertThat(answer(20, 990_000, 4000, 2)).as("the earlier count of the other replica is not an increase")
                .containsExactly(1_000_004.0, 5001.0, 2.0);
        assertThat(answer(10, 1_000_007, 5002, 1)).containsExactly(1_000_007.0, 5002.0, 1.0);
        assertThat(answer(20, 990_005, 4003, 2)).containsExactly(1_000_012.0, 5005.0, 2.0);
    }

    @Test
    void shouldNotChangeARestart() {
        answer(10, 500, 50, 1);
        assertThat(answer(second + 1, 3, 1, 1)).containsExactly(3.0, 1.0, 1.0);
        assertThat(answer(second - 1, 8, 2, 1)).containsExactly(8.0, 2.0, 1.0);
    }

    @Test
    void shouldCountAReplicaThatIsStartedLaterFromItsBeginning() {
        answer(10, 500, 50, 1);
        answer(20, 900, 90, 1);
        double begun = second + 1;
        assertThat(answer(begun, 7, 1, 1)).containsExactly(507.0, 51.0, 1.0);
        assertThat(answer(20, 901, 90, 1)).containsExactly(508.0, 51.0, 1.0);
    }

    @Test
    void shouldNotChangeATargetWithoutAProcessStartTime() {
        var scraped = new Exposition(List.of(sample("requests_total", 5)), Map.of());
        assertThat(replicas.merge(scraped, 1)).isSameAs(scraped);
    }

    @Test
    void shouldLimitTheNumberOfReplicas() {
        for (int i = 1; i <= 3 * Replicas.MAX_REPLICAS; i++) {
            assertThat(answer(i, 1000 * i, 1, 1).getFirst()).isEqualTo(1000);
        }
    }
}
