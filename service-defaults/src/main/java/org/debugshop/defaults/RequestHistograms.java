package org.debugshop.defaults;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Arrays;

/**
 * What {@code http_server_requests_seconds} and its counterpart of the clients look like: histogram buckets, so that quantiles can be
 * had over all replicas, and no label that a caller can make up.
 */
public class RequestHistograms {

    /** Upper bounds in seconds: from an answer out of memory to the end of the caller's patience. */
    private static final double[] BUCKETS = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

    private static final DistributionStatisticConfig HISTOGRAM = DistributionStatisticConfig.builder()
            .serviceLevelObjectives(Arrays.stream(BUCKETS).map(seconds -> seconds * 1e9).toArray())
            .build();

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

            /** A path that exists but not for this method is recorded as it was sent, ids and all, and each would be a time series. */
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.getName().equals("http.server.requests") && "405".equals(id.getTag("status"))
                        ? id.replaceTags(Tags.concat(id.getTags(), "uri", "METHOD_NOT_ALLOWED"))
                        : id;
            }
        };
    }

    /** @return the buckets of every latency histogram, in seconds, ascending */
    public static double[] buckets() {
        return BUCKETS.clone();
    }
}
