package org.debugshop.defaults;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Arrays;

/** Histogram buckets for the time that requests take, served and sent, so that quantiles can be had over all replicas. */
public class RequestHistograms {

    /** Upper bounds in seconds: from an answer out of memory to the end of the caller's patience. */
    private static final double[] BUCKETS = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

    private static final DistributionStatisticConfig HISTOGRAM = DistributionStatisticConfig.builder()
            .serviceLevelObjectives(Arrays.stream(BUCKETS).map(seconds -> seconds * 1e9).toArray())
            .build();

    @Produces
    @Singleton
    MeterFilter requestHistograms() {
        return new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return id.getName().equals("http.server.requests") || id.getName().equals("http.client.requests")
                        ? HISTOGRAM.merge(config)
                        : config;
            }
        };
    }

    /** @return the buckets of every latency histogram, in seconds, ascending */
    public static double[] buckets() {
        return BUCKETS.clone();
    }
}
