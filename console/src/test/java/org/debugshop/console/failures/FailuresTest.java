package org.debugshop.console.failures;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.debugshop.console.ConsoleConfig;
import org.junit.jupiter.api.Test;

/** Rules for all failures in {@code failures.json}. */
@QuarkusTest
class FailuresTest {

    @Inject
    Failures failures;
    @Inject
    ConsoleConfig config;

    @Test
    void shouldHaveAnAdminUrlForEachSwitch() {
        assertThat(failures.all()).isNotEmpty().allSatisfy(failure -> {
            assertThat(config.adminUrls()).containsKey(failure.toggle().service());
            assertThat(failure.toggle().path()).startsWith("/");
            assertThat(failure.toggle().state().path()).startsWith("/");
            assertThat(failure.toggle().broken()).isNotEqualTo(failure.toggle().healed());
            assertThat(failures.find(failure.id())).contains(failure);
        });
    }

    @Test
    void shouldNotRevealTheAnswerBeforeTheHints() {
        assertThat(failures.all()).allSatisfy(failure -> {
            assertThat(failure.title() + failure.simulates() + failure.symptom().text()).doesNotContain(failure.answer());
            assertThat(failure.hints()).doesNotHaveDuplicates().doesNotContain(failure.answer());
        });
    }
}
