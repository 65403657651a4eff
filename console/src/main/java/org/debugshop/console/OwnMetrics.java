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
        gauge("console.spans.stored", "Spans in memory", traces, TraceStore::spans);
        gauge("console.traces.stored", "Traces in memory", traces, TraceStore::traces);
        gauge("console.spans.stored.bytes", "Estimated size of the spans in memory", traces, TraceStore::bytes);
        gauge("console.log.records.stored", "Log records in memory", logs, LogStore::records);
        gauge("console.log.records.stored.bytes", "Estimated size of the log records in memory", logs, LogStore::bytes);
        gauge("console.series.stored", "Time series in memory", series, SeriesStore::series);
        gauge("console.series.stored.bytes", "Estimated size of the time series in memory", series, SeriesStore::bytes);
        String spans = "Spans accepted and not kept, or no longer";
        dropped("console.spans.dropped", spans, "evicted", traces, TraceStore::evictedSpans);
        dropped("console.spans.dropped", spans, "duplicate", traces, TraceStore::duplicateSpans);
        dropped("console.spans.dropped", spans, "late", traces, TraceStore::lateSpans);
        dropped("console.spans.dropped", spans, "excess", traces, TraceStore::excessSpans);
        dropped("console.log.records.dropped", "Log records accepted and not kept, or no longer", "evicted", logs,
                LogStore::evictedRecords);
        dropped("console.samples.dropped", "Samples not kept, scraped or sent", "full", series, SeriesStore::dropped);
    }

    private <T> void gauge(String name, String description, T store, ToDoubleFunction<T> value) {
        Gauge.builder(name, store, value).description(description).register(registry);
    }

    private <T> void dropped(String name, String description, String reason, T store, ToDoubleFunction<T> count) {
        FunctionCounter.builder(name, store, count).description(description).tag("reason", reason).register(registry);
    }
}
