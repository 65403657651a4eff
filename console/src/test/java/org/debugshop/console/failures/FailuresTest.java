package org.debugshop.console.failures;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.debugshop.console.ConsoleConfig;
import org.junit.jupiter.api.Test;

/** Rules for all faults in {@code failures/}. */
@QuarkusTest
class FailuresTest {

    @Inject
    FaultCatalogue faults;
    @Inject
    ConsoleConfig config;

    @Test
    void shouldHaveAnAdminUrlForEachSwitch() {
        assertThat(faults.all()).filteredOn(fault -> fault.toggle() != null).isNotEmpty().allSatisfy(fault -> {
            assertThat(config.adminUrls()).containsKey(fault.toggle().service());
            assertThat(fault.toggle().path()).startsWith("/");
            assertThat(fault.toggle().state().path()).startsWith("/");
            assertThat(fault.toggle().broken()).isNotEqualTo(fault.toggle().healed());
            assertThat(faults.find(fault.id())).contains(fault);
        });
    }

    @Test
    void shouldNotRevealTheAnswerBeforeTheHints() {
        assertThat(faults.all()).allSatisfy(fault -> {
            assertThat(fault.title() + fault.simulates() + fault.symptom().text()).doesNotContain(fault.answer());
            assertThat(fault.hints()).doesNotHaveDuplicates().doesNotContain(fault.answer());
        });
    }
}
