package org.debugshop.console.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class IncreasesTest {

    @Test
    void shouldCountFromTheOldestValueThatIsKept() {
        assertThat(of(false, 7, 9, 9)).containsExactly(0, 2, 0);
    }

    @Test
    void shouldCountTheFirstValueOfACounterThatBeganWithIt() {
        assertThat(of(true, 7, 9, 9)).containsExactly(7, 2, 0);
    }

    @Test
    void shouldTreatAFallAsANewProcess() {
        assertThat(of(false, 9, 2, 5, 0)).containsExactly(0, 2, 3, 0);
    }

    private static double[] of(boolean began, double... values) {
        var increases = new Increases(began);
        return DoubleStream.of(values).map(increases::next).toArray();
    }
}
