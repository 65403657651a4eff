package org.debugshop.loadgenerator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The schedule of the open model, with simulated time. */
class OpenModelScheduleTest {

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.3, 1, 7, 50, 999.9, 10_000})
    void shouldKeepTheRateHoweverLateTheTimerFires(double rate) {
        var late = 0.0007; // timers are always a bit late
        var elapsed = 0L;
        var arrived = 0L;
        var end = (long) (20 / rate * 1e9) + 10_000_000_000L;
        while (elapsed < end) {
            var due = OpenModel.due(rate, elapsed);
            assertThat(due).isBetween((long) (elapsed / 1e9 * rate), (long) (elapsed / 1e9 * rate) + 1);
            for (; arrived < due; arrived++) {
                // Requests are no later than the timer.
                assertThat(OpenModel.dueAfter(rate, arrived)).isBetween(elapsed - 3_000_000, elapsed + 1000); // as exact as a double
            }
            elapsed += OpenModel.untilNext(rate, arrived, elapsed) * 1_000_000 + (long) (late * 1e9);
        }
        // The timer fires once for each request, unless several are due within a millisecond.
        assertThat(arrived).isGreaterThanOrEqualTo((long) ((end - 1 / rate * 1e9 - 2e6) / 1e9 * rate));
    }
}
