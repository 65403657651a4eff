package org.debugshop.console.pages;

import io.smallrye.mutiny.Multi;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.debugshop.console.store.LogStore;
import org.debugshop.console.store.SeriesStore;
import org.debugshop.console.store.TraceStore;

/**
 * Says that something has changed, never what: a page asks again for what it shows. So a lost word costs nothing, and however much
 * arrives, a page hears of it at most {@value #WORDS_A_SECOND} times a second; one that does not keep up hears less often.
 */
@Singleton
public class Live {

    static final int WORDS_A_SECOND = 2;
    /** Pages at once; each is a connection. */
    static final int MAX_LISTENERS = 32;
    /** A word without news, so that both sides notice a connection that is gone. */
    private static final int SILENT_TURNS = 10 * WORDS_A_SECOND;

    /** @param changed of {@code traces}, {@code logs}, {@code metrics}, {@code failures}; may be empty */
    public record Change(List<String> changed) {}

    private final Map<String, LongSupplier> versions = new LinkedHashMap<>();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicInteger listeners = new AtomicInteger();

    Live(TraceStore traces, LogStore logs) {
        // What is kept and what has gone, together, only ever grow.
        versions.put("traces", () -> traces.spans() + traces.evictedSpans() + traces.excessSpans());
        versions.put("logs", () -> logs.records() + logs.evictedRecords());
        versions.put("metrics", () -> System.currentTimeMillis() / SeriesStore.TICK_MILLIS);
        versions.put("failures", failures::get);
    }

    /** To be called when a switch of a failure has been thrown. */
    public void failuresChanged() {
        failures.incrementAndGet();
    }

    /** @throws IllegalStateException if {@value #MAX_LISTENERS} listen already */
    public Multi<Change> changes() {
        if (listeners.incrementAndGet() > MAX_LISTENERS) {
            listeners.decrementAndGet();
            throw new IllegalStateException("Too many pages listen");
        }
        var listener = new Listener();
        return Multi.createFrom().ticks().every(Duration.ofMillis(1000 / WORDS_A_SECOND))
                .onOverflow().drop()
                .map(_ -> listener.news())
                .filter(news -> !news.changed().isEmpty() || listener.isSilentForLong())
                .invoke(_ -> listener.told())
                .onTermination().invoke(() -> listeners.decrementAndGet());
    }

    /** What one page has been told. */
    private final class Listener {
        private final Map<String, Long> told = new LinkedHashMap<>();
        private int silent;

        Listener() {
            versions.forEach((topic, version) -> told.put(topic, version.getAsLong()));
        }

        Change news() {
            var changed = new ArrayList<String>();
            versions.forEach((topic, version) -> {
                long now = version.getAsLong();
                if (told.put(topic, now) != now) {
                    changed.add(topic);
                }
            });
            return new Change(changed);
        }

        boolean isSilentForLong() {
            return ++silent >= SILENT_TURNS;
        }

        void told() {
            silent = 0;
        }
    }
}
