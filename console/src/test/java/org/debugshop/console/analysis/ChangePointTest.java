package org.debugshop.console.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.debugshop.console.analysis.Requests.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangePointTest {

    private static final long SECOND = 1_000_000_000L;

    private final List<Request> requests = new ArrayList<>();
    private final Random random = new Random(7);

    @Test
    void shouldFindSoonThatEverythingFailsAndSinceWhen() {
        good(30, 10);
        long began = now();
        failed(5);

        var changePoint = ChangePoint.ofErrors(requests).orElseThrow();
        assertThat(changePoint.began()).isEqualTo(began);
        assertThat(changePoint.before()).isZero();
        assertThat(changePoint.after()).isEqualTo(1);
        assertThat(changePoint.requestsBefore()).isEqualTo(30);
        assertThat(changePoint.recovered()).isFalse();
    }

    @Test
    void shouldFindNothingIfThereAreTooFewRequests() {
        good(15, 10);
        failed(4);
        assertThat(ChangePoint.ofErrors(requests)).isEmpty();
        requests.clear();
        good(100, 10);
        failed(2);
        assertThat(ChangePoint.ofErrors(requests)).isEmpty();
    }

    @Test
    void shouldIgnoreAFewFailures() {
        good(200, 10);
        failed(1);
        good(50, 10);
        failed(2);
        good(20, 10);
        assertThat(ChangePoint.ofErrors(requests)).isEmpty();
    }

    @Test
    void shouldFindARecovery() {
        good(40, 10);
        failed(20);
        long began = now();
        good(15, 10);

        var changePoint = ChangePoint.ofErrors(requests).orElseThrow();
        assertThat(changePoint.recovered()).isTrue();
        assertThat(changePoint.began()).isEqualTo(began);
        assertThat(changePoint.before()).isEqualTo(1);
        assertThat(changePoint.after()).isZero();
    }

    @Test
    void shouldFindTheRecoveryFromAShortFailureSoonAfterTheStart() {
        good(26, 10);
        failed(10);
        good(10, 10);
        assertThat(ChangePoint.ofErrors(requests).orElseThrow().recovered()).isTrue();
    }

    @Test
    void shouldFindTheLatestOfManyChanges() {
        for (int i = 0; i < 5; i++) {
            good(700, 10);
            failed(30);
        }
        var changePoint = ChangePoint.ofErrors(requests).orElseThrow();
        assertThat(changePoint.began()).isEqualTo((5 * 730 - 30) * SECOND);
        assertThat(changePoint.recovered()).isFalse();
    }

    @Test
    void shouldFindAPartialFailure() {
        good(100, 10);
        for (int i = 0; i < 40; i++) {
            good(2, 10);
            failed(1);
        }
        var changePoint = ChangePoint.ofErrors(requests).orElseThrow();
        assertThat(changePoint.before()).isZero();
        assertThat(changePoint.after()).isBetween(0.3, 0.4);
        assertThat(changePoint.requestsBefore()).isBetween(95, 105);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldNotReportChanceAsAChange(int seed) {
        random.setSeed(seed);
        for (int i = 0; i < 2000; i++) {
            add(10 * Math.exp(random.nextGaussian()), random.nextInt(20) == 0);
        }
        assertThat(ChangePoint.ofErrors(requests)).isEmpty();
        assertThat(ChangePoint.ofLatency(requests)).isEmpty();
    }

    @Test
    void shouldFindARiseOfTheLatency() {
        good(60, 10);
        long began = now();
        good(20, 300);

        var changePoint = ChangePoint.ofLatency(requests).orElseThrow();
        assertThat(changePoint.began()).isEqualTo(began);
        assertThat(changePoint.before()).isBetween(9.0, 11.0);
        assertThat(changePoint.after()).isBetween(280.0, 320.0);

        good(30, 10);
        assertThat(ChangePoint.ofLatency(requests).orElseThrow().recovered()).isTrue();
    }

    @Test
    void shouldIgnoreTheWarmUpOfAProcess() {
        good(30, 80);
        good(100, 8);
        assertThat(ChangePoint.ofLatency(requests)).isEmpty();
    }

    @Test
    void shouldNotCountFastFailuresAsFastAnswers() {
        good(60, 100);
        for (int i = 0; i < 30; i++) {
            add(1, true);
        }
        assertThat(ChangePoint.ofLatency(requests)).isEmpty();
    }

    @Test
    void shouldFindNothingWithoutRequests() {
        assertThat(ChangePoint.ofErrors(List.of())).isEmpty();
        assertThat(ChangePoint.ofLatency(List.of())).isEmpty();
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

    /** Adds a request, one second after the previous one. */
    private void add(double millis, boolean error) {
        requests.add(new Request(now(), Math.round(millis * 1e6), error));
    }

    private long now() {
        return requests.size() * SECOND;
    }
}
