package org.debugshop.console.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.debugshop.console.store.Sample;
import org.debugshop.console.store.SeriesStore;
import org.junit.jupiter.api.Test;

class SeriesReaderTest {

    private final SeriesStore series = new SeriesStore(SeriesStore.MAX_SERIES, SeriesStore.MAX_BYTES);
    private final SeriesReader reader = new SeriesReader(series);
    private long millis = 1_800_000_000_000L;

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

    private void scrape(double held) {
        millis += SeriesStore.TICK_MILLIS;
        series.add("ledger", millis, List.of(new Sample("held", "held", List.of(), held, Optional.empty())));
    }

    private List<SeriesReader.Figure> figures() {
        return reader.read(millis, millis).figures();
    }
}
