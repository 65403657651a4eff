package org.debugshop.console.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.debugshop.console.store.Sample;
import org.debugshop.console.store.SeriesStore;
import org.junit.jupiter.api.Test;

class SeriesReaderTest {

    private static final double[] AMOUNTS = {20, 300, 150, 20, 600, 90, 200, 20};

    private final SeriesStore series = new SeriesStore(SeriesStore.MAX_SERIES, SeriesStore.MAX_BYTES);
    private final SeriesReader reader = new SeriesReader(series);
    private long millis = 1_800_000_000_000L;
    private double sum;
    private double count;

    /** Orders in progress hold pieces for a moment; a scrape sees that by chance. */
    @Test
    void shouldFindThatMoreAndMoreIsHeldButNotWhatIsHeldForAMoment() {
        for (int i = 0; i < 60; i++) {
            scrape(0);
        }
        scrape(2);
        assertThat(figures()).isEmpty();
        scrape(0);
        assertThat(figures()).isEmpty();

        scrape(1);
        scrape(2);
        scrape(3);
        assertThat(figures()).containsExactly(new SeriesReader.Figure("ledger", "held", Map.of("service", "ledger"), 0, 3));
    }

    @Test
    void shouldNotTakeAFewSmallOrdersInARowForAChange() {
        sellAsUsual();
        for (int i = 0; i < 10; i++) {
            sell(i % 3 == 0 ? 15 : 0);
            assertThat(figures()).isEmpty();
        }
    }

    @Test
    void shouldFindThatLargeAndSmallOrdersAreAHundredTimesAsLarge() {
        sellAsUsual();
        for (double amount : AMOUNTS) {
            sell(100 * amount);
        }
        assertThat(figures()).extracting(SeriesReader.Figure::metric).containsExactly("amount");
    }

    private void sellAsUsual() {
        var random = new SplittableRandom(1);
        for (int i = 0; i < 120; i++) {
            sell(i % 3 == 0 ? AMOUNTS[random.nextInt(AMOUNTS.length)] : 0);
            assertThat(figures()).isEmpty();
        }
    }

    /** Scrapes after an order, or, if the amount is 0, after none. */
    private void sell(double amount) {
        sum += amount;
        count += amount == 0 ? 0 : 1;
        millis += SeriesStore.TICK_MILLIS;
        series.add("ledger", millis, List.of(new Sample("amount_sum", "amount_sum", List.of(), sum, Optional.empty()),
                new Sample("amount_count", "amount_count", List.of(), count, Optional.empty())));
    }

    private void scrape(double held) {
        millis += SeriesStore.TICK_MILLIS;
        series.add("ledger", millis, List.of(new Sample("held", "held", List.of(), held, Optional.empty())));
    }

    private List<SeriesReader.Figure> figures() {
        return reader.read(millis, millis).figures();
    }
}
