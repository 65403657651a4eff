package org.debugshop.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FailureLimitTest {

    private final Time time = new Time();
    private final FailureLimit limit = new FailureLimit(time::nanos);

    private void fail(int times) {
        for (var i = 0; i < times; i++) {
            assertThat(limit.begin("alice")).isTrue();
            limit.end("alice", true);
        }
    }

    @Test
    void shouldWaitForTheRestOfTheMinuteAfterTenFailures() {
        fail(9);
        time.pass(Duration.ofSeconds(20));
        assertThat(limit.wait("alice")).isEmpty();
        fail(1);

        assertThat(limit.wait("alice")).contains(Duration.ofSeconds(40));
        assertThat(limit.begin("alice")).isFalse();
        assertThat(limit.wait("bob")).isEmpty();
        time.pass(Duration.ofSeconds(39));
        assertThat(limit.wait("alice")).contains(Duration.ofSeconds(1));
        time.pass(Duration.ofSeconds(1));
        assertThat(limit.wait("alice")).isEmpty();
        fail(10);
        assertThat(limit.wait("alice")).contains(Duration.ofMinutes(1));
    }

    @Test
    void shouldCountTheMinuteFromTheFirstFailure() {
        assertThat(limit.begin("alice")).isTrue();
        time.pass(Duration.ofSeconds(50));
        limit.end("alice", true);
        fail(9);

        assertThat(limit.wait("alice")).contains(Duration.ofMinutes(1));
    }

    @Test
    void shouldNotBeginMoreThanTenAtOnce() {
        for (var i = 0; i < 10; i++) {
            assertThat(limit.begin("alice")).isTrue();
        }
        assertThat(limit.begin("alice")).isFalse();
        assertThat(limit.wait("alice")).contains(Duration.ofSeconds(1));
        limit.end("alice", false);
        assertThat(limit.begin("alice")).isTrue();
        limit.end("alice", true);
        assertThat(limit.begin("alice")).isFalse();
    }

    @Test
    void shouldRememberALimitedNumberOfNames() {
        fail(10);
        for (var i = 0; i < 100_000; i++) {
            limit.failed("user-" + i);
        }
        assertThat(limit.size()).isLessThanOrEqualTo(10_000);
    }
}
