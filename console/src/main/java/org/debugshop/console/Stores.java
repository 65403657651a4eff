package org.debugshop.console;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.debugshop.console.analysis.ServiceGraph;
import org.debugshop.console.scrape.Targets;
import org.debugshop.console.store.LogStore;
import org.debugshop.console.store.Seen;
import org.debugshop.console.store.SeriesStore;
import org.debugshop.console.store.TraceStore;

/** Creates the console's stores, with the bounds from the environment. */
final class Stores {

    @Produces
    @Singleton
    TraceStore traces(ConsoleConfig config) {
        return new TraceStore(config.maxSpans());
    }

    @Produces
    @Singleton
    LogStore logs(ConsoleConfig config) {
        return new LogStore(config.maxLogs());
    }

    @Produces
    @Singleton
    SeriesStore series() {
        return new SeriesStore(SeriesStore.MAX_SERIES, SeriesStore.MAX_BYTES);
    }

    /** Remembers more if there is a receiver to forward to, because what it returns may take minutes. */
    @Produces
    @Singleton
    Seen seen(ConsoleConfig config) {
        return new Seen(config.forwardOtlpEndpoint().isPresent() ? 128 * 1024 : 16 * 1024);
    }

    @Produces
    @Singleton
    Targets targets(ConsoleConfig config) {
        return Targets.parse(config.scrapeTargets().orElse(""));
    }

    @Produces
    @Singleton
    ServiceGraph graph(TraceStore traces, Targets targets) {
        return new ServiceGraph(traces, targets.namesByAddress());
    }
}
