package org.debugshop.bench.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.debugshop.bench.verify.Fault.Measure;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Test;

/** What happens when: the noise, and the faults that may be on at once. */
class PlanTest {

    @Test
    void shouldReadTheWholeCatalogue() {
        assertThat(Fault.all(Shop.thisCheckout())).isNotEmpty().allSatisfy(fault -> {
            assertThat(fault.owners()).isNotEmpty();
            assertThat(fault.origin().path()).isNotNull();
            assertThat(Sampler.service(fault.symptom().service())).hasToString(fault.symptom().service());
            assertThat(fault.symptom().above() == null).isNotEqualTo(fault.symptom().below() == null);
        });
    }

    @Test
    void shouldDrawTheSameNoiseForTheSameSeed() {
        var fault = fault("a", "currency", "gateway", "requests", Map.of());

        assertThat(plans(5, fault)).isEqualTo(plans(5, fault)).isNotEqualTo(plans(6, fault));
        assertThat(plans(5, fault)).anyMatch(Noise.Plan::deployment).anyMatch(plan -> !plan.deployment())
                .anyMatch(plan -> plan.restarted() != null).anyMatch(plan -> plan.restarted() == null);
    }

    @Test
    void shouldNotRestartAServiceThatTheFaultConcerns() {
        var inventory = fault("a", "inventory", "gateway", "requests", Map.of());

        assertThat(plans(5, inventory)).extracting(Noise.Plan::restarted).contains("ad-service").doesNotContain("inventory");
    }

    @Test
    void shouldNotDeployWhatIsDeployedAlready() {
        assertThat(plans(5, fault(Fault.HARMLESS_DEPLOYMENT, "currency", "gateway", "requests", Map.of())))
                .noneMatch(Noise.Plan::deployment);
    }

    @Test
    void shouldLetFaultsOverlapThatShareNothingButTheGateway() {
        var currency = fault("a", "currency", "gateway", "requests", Map.of("uri", "/convert"));

        assertThat(Overlap.isPossible(currency, List.of())).isTrue();
        assertThat(Overlap.isPossible(currency, List.of(fault("b", "payments", "gateway", "requests", Map.of("uri", "/pay"))))).isTrue();
        assertThat(Overlap.isPossible(currency, List.of(fault("b", "payments", "gateway", "requests", Map.of("status", "500")))))
                .as("perhaps the same series").isFalse();
        assertThat(Overlap.isPossible(currency, List.of(fault("b", "currency", "currency", "other", Map.of())))).as("the same service")
                .isFalse();
        assertThat(Overlap.isPossible(currency, List.of(fault("b", "payments", "currency", "other", Map.of()))))
                .as("measured where the other one is").isFalse();
        assertThat(Overlap.isPossible(fault("a", "postgres", "checkout", "waits", Map.of()), List.of(currency))).as("shared by all")
                .isFalse();
        assertThat(Overlap.isPossible(load(), List.of(currency))).as("concerns all").isFalse();
        assertThat(Overlap.isPossible(currency, List.of(load()))).as("concerns all").isFalse();
        assertThat(Overlap.isPossible(load(), List.of())).isTrue();
        assertThat(Overlap.isPossible(currency, List.of(fault("b", "payments", "gateway", "requests", Map.of("uri", "/pay")),
                fault("c", "currency", "instabook", "errors", Map.of())))).as("with one of two").isFalse();
    }

    private static List<Noise.Plan> plans(long seed, Fault fault) {
        var random = new Random(seed);
        return Stream.generate(() -> Noise.draw(random, fault, true)).limit(40).toList();
    }

    private static Fault load() {
        return new Fault("load", new Fault.Symptom("payments", "requests", Map.of(), Measure.RATE, null, 1.0, null),
                List.of("load-generator"), null, new Fault.Origin("payments", "load", List.of(), null));
    }

    private static Fault fault(String id, String component, String shownBy, String metric, Map<String, String> labels) {
        return new Fault(id, new Fault.Symptom(shownBy, metric, labels, Measure.RATE, null, 1.0, null), List.of(component), null,
                new Fault.Origin(component, "errors", List.of(component, "gateway"), null));
    }
}
