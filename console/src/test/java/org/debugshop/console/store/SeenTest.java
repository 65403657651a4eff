package org.debugshop.console.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.console.TestSpans.server;
import static org.debugshop.console.TestSpans.traceId;

import java.util.stream.LongStream;
import org.debugshop.console.store.LogRecord.Level;
import org.junit.jupiter.api.Test;

class SeenTest {

    @Test
    void shouldRememberAtLeastItsCapacity() {
        var seen = new Seen(8);

        assertThat(LongStream.rangeClosed(1, 100).allMatch(seen::add)).isTrue();

        assertThat(LongStream.rangeClosed(93, 100).noneMatch(seen::add)).isTrue();
        assertThat(seen.add(50)).isTrue();
    }

    @Test
    void shouldKeepWhatIsSeenAgainAndAgain() {
        var seen = new Seen(8);
        seen.add(7);

        for (long other = 100; other < 200; other++) {
            assertThat(seen.add(other)).isTrue();
            assertThat(seen.add(7)).isFalse();
        }
    }

    @Test
    void shouldIdentifyASpanByItsIds() {
        long identity = Seen.identity(server("a", "x").trace(1).id(1).stored());

        assertThat(Seen.identity(server("b", "y").trace(1).id(1).error().stored())).isEqualTo(identity);
        assertThat(Seen.identity(server("a", "x").trace(1).id(2).stored())).isNotEqualTo(identity);
        assertThat(Seen.identity(server("a", "x").trace(2).id(1).stored())).isNotEqualTo(identity);
    }

    private static LogRecord entry(String service, String message, long timeNanos, Object... attributes) {
        return new LogRecord(timeNanos, Resource.of(Attributes.of("service.name", service, "host.name", "h")), "", Level.INFO, "", message,
                traceId(1), 1, Attributes.of(attributes), Alteration.NONE, 100);
    }

    @Test
    void shouldIdentifyALogRecordByItsContent() {
        long identity = Seen.identity(entry("a", "m", 1, "x", 1L, "y", "2"));

        assertThat(Seen.identity(entry("a", "m", 1, "y", "2", "x", 1L))).as("in another order").isEqualTo(identity);
        assertThat(Seen.identity(entry("a", "m", 1, "x", 2L, "y", "1"))).isNotEqualTo(identity);
        assertThat(Seen.identity(entry("a", "m", 2, "x", 1L, "y", "2"))).isNotEqualTo(identity);
        assertThat(Seen.identity(entry("b", "m", 1, "x", 1L, "y", "2"))).isNotEqualTo(identity);
        assertThat(Seen.identity(entry("a", "n", 1, "x", 1L, "y", "2"))).isNotEqualTo(identity);
    }
}
