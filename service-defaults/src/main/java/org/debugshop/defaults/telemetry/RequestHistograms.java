package org.debugshop.defaults.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.Map;

/**
 * Configures {@code http_server_requests_seconds} and its counterpart for clients. They get histogram buckets, so that quantiles
 * can be computed over all replicas, and no label value that a caller can choose freely.
 */
public class RequestHistograms {

    /** Upper bounds in seconds, from answers out of memory to the longest timeouts. */
    private static final double[] BUCKETS = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

    /** The value of the label {@code uri} for statuses that are answered before routing, in the style of Quarkus's NOT_FOUND. */
    private static final Map<String, String> UNROUTED = Map.of(
            "405", "METHOD_NOT_ALLOWED", "406", "NOT_ACCEPTABLE", "413", "CONTENT_TOO_LARGE", "414", "URI_TOO_LONG", "415",
            "UNSUPPORTED_MEDIA_TYPE");

    private static final DistributionStatisticConfig HISTOGRAM = DistributionStatisticConfig.builder()
            .serviceLevelObjectives(Arrays.stream(BUCKETS).map(seconds -> seconds * 1e9).toArray())
            .build();

    /** Requests to the console would show when a fault is switched, and in which service. A canary also sends it its route. */
    @Produces
    @Singleton
    MeterFilter noControls() {
        return MeterFilter.deny(
                id -> id.getName().startsWith("http.client")
                        && String.valueOf(id.getTag("uri")).matches("/(controls|api/routes|health).*"));
    }

    @Produces
    @Singleton
    MeterFilter requestMetrics() {
        return new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return id.getName().equals("http.server.requests") || id.getName().equals("http.client.requests")
                        ? HISTOGRAM.merge(config)
                        : config;
            }

            /**
             * Replaces the path of requests that are refused before their route is known, because each path would become a time
             * series.
             */
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.getName().equals("http.server.requests") && UNROUTED.containsKey(id.getTag("status"))
                        ? id.replaceTags(Tags.concat(id.getTags(), "uri", UNROUTED.get(id.getTag("status"))))
                        : id;
            }
        };
    }

    /** Returns the buckets of all latency histograms, in seconds, ascending. */
    public static double[] buckets() {
        return BUCKETS.clone();
    }
}
