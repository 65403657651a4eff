package org.debugshop.console.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.console.TestSpans.nanos;
import static org.debugshop.console.TestSpans.traceId;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.debugshop.console.store.LogQuery.LogFilter;
import org.debugshop.console.store.LogRecord.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogStoreTest {

    private static LogRecord entry(Level level, String message, long millis, int bytes) {
        return new LogRecord(nanos(millis), Resource.of(Attributes.of("service.name", "a")), "", level, "", message, traceId(millis), 1,
                Attributes.EMPTY, Alteration.NONE, bytes);
    }

    private static List<String> messages(LogStore store, Optional<Level> level, Optional<String> text) {
        var filter = new LogFilter(Optional.empty(), level, text, Optional.empty(), List.of());
        return store.find(new LogQuery(filter, Range.ALL, 100, Optional.empty())).items().stream().map(LogRecord::message).toList();
    }

    @Test
    void shouldEvictTheOldestAtTheBound() {
        var store = new LogStore(3);
        for (int i = 1; i <= 5; i++) {
            store.add(List.of(entry(Level.INFO, "m" + i, i, 100)));
        }

        assertThat(messages(store, Optional.empty(), Optional.empty())).containsExactly("m5", "m4", "m3");
        assertThat(store.evictedRecords()).isEqualTo(2);
    }

    @Test
    void shouldEvictTheOldestIfTheBytesAreUsedUp() {
        var store = new LogStore(10);
        for (int i = 1; i <= 5; i++) {
            store.add(List.of(entry(Level.INFO, "m" + i, i, 3000)));
        }

        assertThat(messages(store, Optional.empty(), Optional.empty())).containsExactly("m5", "m4");
        assertThat(store.bytes()).isEqualTo(6000);
    }

    @Test
    void shouldFindALevelAndHigherOnes() {
        var store = new LogStore(10);
        store.add(List.of(entry(Level.INFO, "info", 1, 1), entry(Level.WARN, "warn", 2, 1), entry(Level.ERROR, "error", 3, 1)));

        assertThat(messages(store, Optional.of(Level.WARN), Optional.empty())).containsExactly("error", "warn");
    }

    @Test
    void shouldFindTextInAnyCase() {
        var store = new LogStore(10);
        store.add(List.of(entry(Level.INFO, "Refused: Invalid API Token", 1, 1), entry(Level.INFO, "fine", 2, 1)));

        assertThat(messages(store, Optional.empty(), Optional.of("invalid api TOKEN"))).containsExactly("Refused: Invalid API Token");
        assertThat(messages(store, Optional.empty(), Optional.of("token!"))).isEmpty();
    }

    @Test
    void shouldPageThroughRecordsOfOneInstantWithoutLosingAny() {
        var store = new LogStore(100);
        for (int i = 0; i < 25; i++) {
            store.add(List.of(entry(Level.INFO, "m" + i, 7, 1)));
        }
        List<String> seen = new ArrayList<>();
        Optional<Cursor> cursor = Optional.empty();
        do {
            var page = store.find(new LogQuery(LogFilter.ANY, Range.ALL, 10, cursor));
            page.items().forEach(item -> seen.add(item.message()));
            store.add(List.of(entry(Level.INFO, "meanwhile", 8, 1)));
            cursor = page.next().map(Cursor::toString).map(Cursor::parse);
        } while (cursor.isPresent());

        assertThat(seen).hasSize(25).doesNotHaveDuplicates().startsWith("m24").endsWith("m0");
    }

    @ParameterizedTest
    @CsvSource({"9,'',INFO", "13,INFO,WARN", "24,'',FATAL", "0,WARNING,WARN", "0,severe,ERROR", "0,FINE,DEBUG", "0,'',INFO",
            "99,error,ERROR"})
    void shouldFindTheLevelByTheNumberOrByTheText(int number, String text, Level level) {
        assertThat(Level.of(number, text)).isEqualTo(level);
    }
}
