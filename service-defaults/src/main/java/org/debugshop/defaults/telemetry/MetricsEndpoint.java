package org.debugshop.defaults.telemetry;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.opentelemetry.sdk.resources.Resource;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.exporter.common.TextFormat;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/**
 * {@code GET /metrics}: OpenMetrics with exemplars for scrapers that accept it, such as Prometheus. Others get the classic
 * Prometheus text format, which has no exemplars. Both have {@code target_info}.
 */
@Singleton
@SuppressWarnings("deprecation") // Quarkus still uses the registry of the older Prometheus client
public class MetricsEndpoint {

    private final PrometheusMeterRegistry registry;
    private final Resource resource;

    MetricsEndpoint(PrometheusMeterRegistry registry, Resource resource) {
        this.registry = registry;
        this.resource = resource;
    }

    void route(@Observes Router router) {
        router.get("/metrics").blockingHandler(request -> {
            var accept = request.request().getHeader(HttpHeaders.ACCEPT);
            var type = accept != null && accept.contains("application/openmetrics-text")
                    ? TextFormat.CONTENT_TYPE_OPENMETRICS_100
                    : TextFormat.CONTENT_TYPE_004;
            request.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(text(type));
        }, false);
        router.route("/metrics").handler(request -> {
            request.response().putHeader(HttpHeaders.ALLOW, "GET");
            request.fail(405);
        });
    }

    private String text(String type) {
        var families = new ArrayList<MetricFamilySamples>();
        families.add(target());
        families.addAll(OpenMetrics.of(registry.getPrometheusRegistry().metricFamilySamples()));
        var text = new StringWriter();
        try {
            TextFormat.writeFormat(type, text, Collections.enumeration(families));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    /**
     * Returns {@code target_info}, whose labels are the attributes of the resource, as <a
     * href="https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/">OpenTelemetry's rules</a> have it. So
     * metrics can be joined with spans and log records.
     */
    private MetricFamilySamples target() {
        var labels = new TreeMap<String, String>();
        resource.getAttributes().forEach((key, value) -> labels.merge(Collector.sanitizeMetricName(key.getKey()).replace(':', '_'),
                value.toString(), (one, other) -> one + ";" + other));
        return new MetricFamilySamples("target", Collector.Type.INFO, "The sender of these metrics",
                List.of(new Sample("target_info", List.copyOf(labels.keySet()), List.copyOf(labels.values()), 1)));
    }
}
