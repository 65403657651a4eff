package org.debugshop.bench.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.debugshop.bench.verify.Fault.Measure;
import org.debugshop.testkit.Metrics;
import org.junit.jupiter.api.Test;

class FigureTest {

    private static final String PAYMENTS = "payments_total{outcome=\"%s\",app=\"x\"} %d\n";

    @Test
    void shouldCountTheGrowthASecondOfAllSeriesWithTheLabels() {
        var figure = figure(Measure.RATE, "payments_total", Map.of("outcome", "failed"), null);
        for (var second = 0; second <= 4; second++) {
            add(figure, second, PAYMENTS.formatted("failed", 10 + 2 * second) + "payments_total{outcome=\"failed\",app=\"y\"} " + second
                    + "\n" + PAYMENTS.formatted("paid", 100 * second) + "payments_total_other{outcome=\"failed\"} " + 50 * second);
        }

        assertThat(figure.now()).hasValue(3);
    }

    @Test
    void shouldForgetWhatIsOlderThanTheWindow() {
        var figure = figure(Measure.RATE, "payments_total", Map.of(), null);
        add(figure, 0, PAYMENTS.formatted("failed", 0));
        for (var second = 1; second <= 7; second++) {
            add(figure, second, PAYMENTS.formatted("failed", 1000));
        }

        assertThat(figure.now()).hasValue(0);
    }

    @Test
    void shouldGoOnCountingWhenAServiceRestarts() {
        var figure = figure(Measure.RATE, "payments_total", Map.of(), null);
        add(figure, 0, PAYMENTS.formatted("failed", 500));
        add(figure, 1, PAYMENTS.formatted("failed", 504));
        add(figure, 4, PAYMENTS.formatted("failed", 4));

        assertThat(figure.now()).hasValue(2);
    }

    @Test
    void shouldCountFromNothingIfTheSeriesAppearsLater() {
        var figure = figure(Measure.RATE, "payments_total", Map.of(), null);
        add(figure, 0, "other 1");
        add(figure, 2, PAYMENTS.formatted("failed", 4));

        assertThat(figure.now()).hasValue(2);
    }

    @Test
    void shouldDivideTheSumOfATimerByItsCount() {
        var figure = figure(Measure.MEAN, "wait_seconds", Map.of("uri", "/a"), null);
        add(figure, 0, "wait_seconds_sum{uri=\"/a\"} 100\nwait_seconds_count{uri=\"/a\"} 1000\nwait_seconds_sum{uri=\"/b\"} 9");
        assertThat(figure.now()).isEmpty();
        add(figure, 2, "wait_seconds_sum{uri=\"/a\"} 103\nwait_seconds_count{uri=\"/a\"} 1004\nwait_seconds_sum{uri=\"/b\"} 99");

        assertThat(figure.now()).hasValue(0.75);
    }

    @Test
    void shouldDivideTheGrowthOfSomeSeriesByThatOfMore() {
        var figure = figure(Measure.SHARE, "payments_total", Map.of("outcome", "failed"), Map.of("app", "x"));
        add(figure, 0, PAYMENTS.formatted("failed", 5) + PAYMENTS.formatted("paid", 50));
        add(figure, 3, PAYMENTS.formatted("failed", 6) + PAYMENTS.formatted("paid", 53) + "payments_total{outcome=\"paid\",app=\"y\"} 70");

        assertThat(figure.now()).hasValue(0.25);
    }

    @Test
    void shouldHaveNoMeanAndNoShareOfNothing() {
        var share = figure(Measure.SHARE, "payments_total", Map.of("outcome", "failed"), Map.of());
        var mean = figure(Measure.MEAN, "wait_seconds", Map.of(), null);
        for (var second = 0; second <= 3; second++) {
            add(share, second, PAYMENTS.formatted("failed", 5));
            add(mean, second, "wait_seconds_sum 3\nwait_seconds_count 4");
        }

        assertThat(share.now()).isEmpty();
        assertThat(mean.now()).isEmpty();
    }

    @Test
    void shouldTakeTheLatestValueAndSkipUnknownOnes() {
        var figure = figure(Measure.VALUE, "lag", Map.of(), null);
        add(figure, 0, "lag 3");
        add(figure, 1, "lag 4");
        add(figure, 2, "lag 8");
        add(figure, 3, "lag NaN");

        assertThat(figure.now()).hasValue(8);
    }

    @Test
    void shouldNeedNewSamplesAfterARestart() {
        var figure = figure(Measure.VALUE, "lag", Map.of(), null);
        add(figure, 0, "lag 3");
        add(figure, 5, "lag 3");
        figure.restart(Figure.WINDOW_NANOS);
        assertThat(figure.now()).isEmpty();
        for (var second = 6; second <= 10; second++) {
            add(figure, second, "lag 4");
            assertThat(figure.now()).isEmpty();
        }
        add(figure, 11, "lag 4");

        assertThat(figure.now()).hasValue(4);
    }

    @Test
    void shouldBeBrokenBeyondTheLimitOnly() {
        var above = new Fault.Symptom("a", "m", Map.of(), Measure.VALUE, null, 2.0, null);
        var below = new Fault.Symptom("a", "m", Map.of(), Measure.VALUE, null, null, 2.0);

        assertThat(above.isShownBy(2.1)).isTrue();
        assertThat(above.isShownBy(2)).isFalse();
        assertThat(below.isShownBy(1.9)).isTrue();
        assertThat(below.isShownBy(2)).isFalse();
    }

    private static Figure figure(Measure measure, String metric, Map<String, String> labels, Map<String, String> among) {
        return new Figure(new Fault.Symptom("payments", metric, labels, measure, among, 1.0, null));
    }

    private static void add(Figure figure, int second, String metrics) {
        figure.add(TimeUnit.SECONDS.toNanos(second), Metrics.parse(metrics.strip()));
    }
}
