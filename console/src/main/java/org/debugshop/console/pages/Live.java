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
 * Notifies pages that something has changed. A notification only has the kind of data, and the page requests the data again. So a
 * lost notification does no harm, and a page gets at most {@value #CHANGES_A_SECOND} per second however much arrives. A page that
 * doesn't keep up gets fewer.
 */
@Singleton
public class Live {

    static final int CHANGES_A_SECOND = 2;
    /** The maximum number of listening pages; each has a connection. */
    static final int MAX_LISTENERS = 32;
    /** After this many turns without a change, an empty notification is sent, so that both sides notice a broken connection. */
    private static final int SILENT_TURNS = 10 * CHANGES_A_SECOND;

    /** @param changed the kinds of data that have changed: {@code traces}, {@code logs}, {@code metrics}, {@code failures}; may be empty */
    public record Change(List<String> changed) {}

    private final Map<String, LongSupplier> versions = new LinkedHashMap<>();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicInteger listeners = new AtomicInteger();

    Live(TraceStore traces, LogStore logs) {
        // The sums of stored and removed records never decrease.
        versions.put("traces", () -> traces.spans() + traces.evictedSpans() + traces.excessSpans());
        versions.put("logs", () -> logs.records() + logs.evictedRecords());
        versions.put("metrics", () -> System.currentTimeMillis() / SeriesStore.TICK_MILLIS);
        versions.put("failures", failures::get);
    }

    /** Must be called after the switch of a failure was changed. */
    public void failuresChanged() {
        failures.incrementAndGet();
    }

    /** @throws IllegalStateException if {@value #MAX_LISTENERS} pages are listening already */
    public Multi<Change> changes() {
        if (listeners.incrementAndGet() > MAX_LISTENERS) {
            listeners.decrementAndGet();
            throw new IllegalStateException("Too many pages are listening");
        }
        var listener = new Listener();
        return Multi.createFrom().ticks().every(Duration.ofMillis(1000 / CHANGES_A_SECOND))
                .onOverflow().drop()
                .map(_ -> listener.news())
                .filter(news -> !news.changed().isEmpty() || listener.isSilentForLong())
                .invoke(_ -> listener.notified())
                .onTermination().invoke(() -> listeners.decrementAndGet());
    }

    /** The versions that one page was notified of. */
    private final class Listener {
        private final Map<String, Long> known = new LinkedHashMap<>();
        private int silent;

        Listener() {
            versions.forEach((topic, version) -> known.put(topic, version.getAsLong()));
        }

        Change news() {
            var changed = new ArrayList<String>();
            versions.forEach((topic, version) -> {
                long now = version.getAsLong();
                if (known.put(topic, now) != now) {
                    changed.add(topic);
                }
            });
            return new Change(changed);
        }

        boolean isSilentForLong() {
            return ++silent >= SILENT_TURNS;
        }

        void notified() {
            silent = 0;
        }
    }
}
