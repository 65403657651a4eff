package org.debugshop.console.forward;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.debugshop.console.ConsoleConfig;
import org.debugshop.console.scrape.ScrapeListener;
import org.debugshop.console.scrape.Targets.Target;
import org.debugshop.console.store.Exposition;
import org.debugshop.console.store.Seen;

/** Forwards the scraped metrics: at once if a target comes up or goes down, otherwise with the first scrape after 15 seconds. */
@Singleton
final class MetricsForwarder implements ScrapeListener {

    static final long INTERVAL_MILLIS = 15_000;

    private final boolean on;
    private final Consumer<ExportRequest> destination;
    private final String environment;
    private final Seen seen;
    private final Map<Target, Sending> targets = new ConcurrentHashMap<>();

    @Inject
    MetricsForwarder(Forwarder forwarder, ConsoleConfig config, Seen seen) {
        this(forwarder.isOn(), forwarder::offer, config.environment(), seen);
    }

    MetricsForwarder(boolean on, Consumer<ExportRequest> destination, String environment, Seen seen) {
        this.on = on;
        this.destination = destination;
        this.environment = environment;
        this.seen = seen;
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
            remember(request);
            destination.accept(new ExportRequest("/v1/metrics", "application/x-protobuf", Optional.of("gzip"), Optional.empty(),
                    gzip(request.toByteArray())));
        }
    }

    /** Remembers the data points, because a receiver that exports to the console returns them. */
    private void remember(ExportMetricsServiceRequest request) {
        for (ResourceMetrics group : request.getResourceMetricsList()) {
            String service = valueOf("service.name", group);
            String instance = valueOf("service.instance.id", group);
            for (Metric metric : group.getScopeMetrics(0).getMetricsList()) {
                metric.getGauge().getDataPointsList().forEach(point -> remember(service, instance, metric, point.getAttributesList(),
                        point.getTimeUnixNano()));
                metric.getSum().getDataPointsList().forEach(point -> remember(service, instance, metric, point.getAttributesList(),
                        point.getTimeUnixNano()));
                metric.getHistogram().getDataPointsList().forEach(point -> remember(service, instance, metric,
                        point.getAttributesList(), point.getTimeUnixNano()));
                metric.getSummary().getDataPointsList().forEach(point -> remember(service, instance, metric, point.getAttributesList(),
                        point.getTimeUnixNano()));
            }
        }
    }

    private void remember(String service, String instance, Metric metric, List<KeyValue> attributes, long timeNanos) {
        long hash = Seen.hash(pairs -> attributes.forEach(pair -> pairs.accept(pair.getKey(), pair.getValue().getStringValue())));
        seen.add(Seen.identity(service, instance, metric.getName(), Seen.mix(hash, timeNanos)));
    }

    private static String valueOf(String key, ResourceMetrics group) {
        return group.getResource().getAttributesList().stream().filter(pair -> pair.getKey().equals(key)).findFirst()
                .map(pair -> pair.getValue().getStringValue()).orElse("");
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
