package org.debugshop.console.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.debugshop.console.analysis.Requests.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShiftTest {

    private static final long SECOND = 1_000_000_000L;

    private final List<Request> requests = new ArrayList<>();
    private final Random random = new Random(7);

    @Test
    void shouldTellSoonThatEverythingFailsAndWhenItBegan() {
        good(30, 10);
        long began = now();
        failed(5);

        var shift = Shift.ofErrors(requests).orElseThrow();
        assertThat(shift.began()).isEqualTo(began);
        assertThat(shift.before()).isZero();
        assertThat(shift.after()).isEqualTo(1);
        assertThat(shift.requestsBefore()).isEqualTo(30);
        assertThat(shift.recovered()).isFalse();
    }

    @Test
    void shouldSayNothingWhenThereIsTooLittleToCompareWith() {
        good(15, 10);
        failed(4);
        assertThat(Shift.ofErrors(requests)).isEmpty();
        requests.clear();
        good(100, 10);
        failed(2);
        assertThat(Shift.ofErrors(requests)).isEmpty();
    }

    @Test
    void shouldSayNothingOfAFewFailures() {
        good(200, 10);
        failed(1);
        good(50, 10);
        failed(2);
        good(20, 10);
        assertThat(Shift.ofErrors(requests)).isEmpty();
    }

    @Test
    void shouldTellTheWayBack() {
        good(40, 10);
        failed(20);
        long began = now();
        good(15, 10);

        var shift = Shift.ofErrors(requests).orElseThrow();
        assertThat(shift.recovered()).isTrue();
        assertThat(shift.began()).isEqualTo(began);
        assertThat(shift.before()).isEqualTo(1);
        assertThat(shift.after()).isZero();
    }

    @Test
    void shouldTellTheWayBackFromAShortFailureSoonAfterTheStart() {
        good(26, 10);
        failed(10);
        good(10, 10);
        assertThat(Shift.ofErrors(requests).orElseThrow().recovered()).isTrue();
    }

    @Test
    void shouldFindTheLatestOfManyMovesAmongManyRequests() {
        for (int i = 0; i < 5; i++) {
            good(700, 10);
            failed(30);
        }
        var shift = Shift.ofErrors(requests).orElseThrow();
        assertThat(shift.began()).isEqualTo((5 * 730 - 30) * SECOND);
        assertThat(shift.recovered()).isFalse();
    }

    @Test
    void shouldFindAPartThatFails() {
        good(100, 10);
        for (int i = 0; i < 40; i++) {
            good(2, 10);
            failed(1);
        }
        var shift = Shift.ofErrors(requests).orElseThrow();
        assertThat(shift.before()).isZero();
        assertThat(shift.after()).isBetween(0.3, 0.4);
        assertThat(shift.requestsBefore()).isBetween(95, 105);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldNotTakeChanceForAMove(int seed) {
        random.setSeed(seed);
        for (int i = 0; i < 2000; i++) {
            add(10 * Math.exp(random.nextGaussian()), random.nextInt(20) == 0);
        }
        assertThat(Shift.ofErrors(requests)).isEmpty();
        assertThat(Shift.ofLatency(requests)).isEmpty();
    }

    @Test
    void shouldTellThatRequestsTakeLongerThanTheyDid() {
        good(60, 10);
        long began = now();
        good(20, 300);

        var shift = Shift.ofLatency(requests).orElseThrow();
        assertThat(shift.began()).isEqualTo(began);
        assertThat(shift.before()).isBetween(9.0, 11.0);
        assertThat(shift.after()).isBetween(280.0, 320.0);

        good(30, 10);
        assertThat(Shift.ofLatency(requests).orElseThrow().recovered()).isTrue();
    }

    @Test
    void shouldNotCallItNewsThatAProcessWarmsUp() {
        good(30, 80);
        good(100, 8);
        assertThat(Shift.ofLatency(requests)).isEmpty();
    }

    @Test
    void shouldNotTakeFailuresForQuickAnswers() {
        good(60, 100);
        for (int i = 0; i < 30; i++) {
            add(1, true);
        }
        assertThat(Shift.ofLatency(requests)).isEmpty();
    }

    @Test
    void shouldTakeNoRequestsAsNothing() {
        assertThat(Shift.ofErrors(List.of())).isEmpty();
        assertThat(Shift.ofLatency(List.of())).isEmpty();
    }

    private void good(int count, double millis) {
        for (int i = 0; i < count; i++) {
            add(millis * (0.95 + random.nextDouble() / 10), false);
        }
    }

    private void failed(int count) {
        for (int i = 0; i < count; i++) {
            add(5, true);
        }
    }

    /** One a second. */
    private void add(double millis, boolean error) {
        requests.add(new Request(now(), Math.round(millis * 1e6), error));
    }

    private long now() {
        return requests.size() * SECOND;
    }
}
