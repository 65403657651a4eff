package org.debugshop.defaults.telemetry;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * {@code GET /metrics}: OpenMetrics with exemplars for scrapers that accept it, such as Prometheus. Others get the classic
 * Prometheus text format, which has no exemplars.
 */
@Singleton
@SuppressWarnings("deprecation") // Quarkus still uses the registry of the older Prometheus client
public class MetricsEndpoint {

    private final PrometheusMeterRegistry registry;

    MetricsEndpoint(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    void route(@Observes Router router) {
        router.get("/metrics").blockingHandler(request -> {
            var accept = request.request().getHeader(HttpHeaders.ACCEPT);
            var type = accept != null && accept.contains("application/openmetrics-text")
                    ? TextFormat.CONTENT_TYPE_OPENMETRICS_100
                    : TextFormat.CONTENT_TYPE_004;
            request.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(registry.scrape(type));
        }, false);
        router.route("/metrics").handler(request -> {
            request.response().putHeader(HttpHeaders.ALLOW, "GET");
            request.fail(405);
        });
    }
}
