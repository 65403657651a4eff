package org.debugshop.adservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeploymentTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AtomicInteger exits = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldEndTheProcessIfItRunsTheOtherVersion(boolean next) {
        var deployment = deployment(next, Duration.ofMinutes(1));

        var done = (next ? deployment.end() : deployment.begin(1)).subscribeAsCompletionStage();

        assertThat(exits).hasValue(1);
        assertThat(done).isNotDone();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGoOnIfItRunsTheRightVersion(boolean next) {
        var deployment = deployment(next, Duration.ofMinutes(1));

        (next ? deployment.begin(1) : deployment.end()).await().atMost(PATIENCE);

        assertThat(exits).hasValue(0);
    }

    @Test
    void shouldNotEndAProcessThatWasJustStarted() {
        var deployment = deployment(false, Duration.ofSeconds(9));

        assertThatThrownBy(() -> deployment.begin(1).await().atMost(PATIENCE)).hasMessageContaining("a moment ago");

        assertThat(exits).hasValue(0);
    }

    private Deployment deployment(boolean next, Duration uptime) {
        return new Deployment(next, () -> uptime, exits::incrementAndGet);
    }
}
