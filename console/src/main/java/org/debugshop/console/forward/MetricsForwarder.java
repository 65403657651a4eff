package org.debugshop.console.forward;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.debugshop.console.ConsoleConfig;
import org.debugshop.console.scrape.ScrapeListener;
import org.debugshop.console.scrape.Targets.Target;
import org.debugshop.console.store.Exposition;

/** Forwards the scraped metrics: at once if a target comes up or goes down, otherwise with the first scrape after 15 seconds. */
@Singleton
final class MetricsForwarder implements ScrapeListener {

    static final long INTERVAL_MILLIS = 15_000;

    private final boolean on;
    private final Consumer<ExportRequest> destination;
    private final String environment;
    private final Map<Target, Sending> targets = new ConcurrentHashMap<>();

    @Inject
    MetricsForwarder(Forwarder forwarder, ConsoleConfig config) {
        this(forwarder.isOn(), forwarder::offer, config.environment());
    }

    MetricsForwarder(boolean on, Consumer<ExportRequest> destination, String environment) {
        this.on = on;
        this.destination = destination;
        this.environment = environment;
    }

    /** The state of one target: what was sent last, and when. */
    private static final class Sending {
        final OtlpMetrics metrics;
        boolean up;
        long sentMillis = Long.MIN_VALUE / 2;

        Sending(OtlpMetrics metrics) {
            this.metrics = metrics;
        }
    }

    @Override
    public void scraped(Target target, long epochMillis, Optional<Exposition> exposition) {
        if (!on) {
            return;
        }
        var sending = targets.computeIfAbsent(target, _ -> new Sending(new OtlpMetrics(target, environment)));
        if (sending.up != exposition.isPresent() || epochMillis - sending.sentMillis >= INTERVAL_MILLIS) {
            sending.up = exposition.isPresent();
            sending.sentMillis = epochMillis;
            var request = exposition.map(scraped -> sending.metrics.up(epochMillis, scraped))
                    .orElseGet(() -> sending.metrics.down(epochMillis));
            destination.accept(new ExportRequest("/v1/metrics", "application/x-protobuf", Optional.of("gzip"), Optional.empty(),
                    gzip(request.toByteArray())));
        }
    }

    private static byte[] gzip(byte[] body) {
        try {
            var packed = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(packed)) {
                gzip.write(body);
            }
            return packed.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
