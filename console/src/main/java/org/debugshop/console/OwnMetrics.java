package org.debugshop.console;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.function.ToDoubleFunction;
import org.debugshop.console.store.LogStore;
import org.debugshop.console.store.SeriesStore;
import org.debugshop.console.store.TraceStore;

/** Exposes on {@code /metrics} how full the console's stores are, and what was dropped. */
@Singleton
final class OwnMetrics {

    private final MeterRegistry registry;

    OwnMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void register(@Observes StartupEvent event, TraceStore traces, LogStore logs, SeriesStore series) {
        gauge("console.spans.stored", traces, TraceStore::spans);
        gauge("console.traces.stored", traces, TraceStore::traces);
        gauge("console.spans.stored.bytes", traces, TraceStore::bytes);
        gauge("console.log.records.stored", logs, LogStore::records);
        gauge("console.log.records.stored.bytes", logs, LogStore::bytes);
        gauge("console.series.stored", series, SeriesStore::series);
        gauge("console.series.stored.bytes", series, SeriesStore::bytes);
        dropped("console.spans.dropped", "evicted", traces, TraceStore::evictedSpans);
        dropped("console.spans.dropped", "duplicate", traces, TraceStore::duplicateSpans);
        dropped("console.spans.dropped", "late", traces, TraceStore::lateSpans);
        dropped("console.spans.dropped", "excess", traces, TraceStore::excessSpans);
        dropped("console.log.records.dropped", "evicted", logs, LogStore::evictedRecords);
        dropped("console.samples.dropped", "full", series, SeriesStore::dropped);
    }

    private <T> void gauge(String name, T store, ToDoubleFunction<T> value) {
        Gauge.builder(name, store, value).register(registry);
    }

    private <T> void dropped(String name, String reason, T store, ToDoubleFunction<T> count) {
        FunctionCounter.builder(name, store, count).tag("reason", reason).register(registry);
    }
}
