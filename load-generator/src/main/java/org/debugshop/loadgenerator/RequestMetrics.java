package org.debugshop.loadgenerator;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import org.debugshop.defaults.telemetry.RequestHistograms;

/**
 * The metrics in docs/http.md: {@code load_generator_request_count_total} and {@code load_generator_request_latency_seconds}, or
 * {@code load_generator_instabook_…} for the instabook profile. In addition, {@code …_dropped_total} counts requests that were
 * dropped because too many were in flight.
 */
final class RequestMetrics {

    private final MeterProvider<Counter> count;
    private final MeterProvider<Timer> latency;
    private final Counter dropped;

    RequestMetrics(MeterRegistry registry, String prefix) {
        count = Counter.builder(prefix + ".request.count").description("Requests by outcome; status 0 means no answer")
                .withRegistry(registry);
        latency = Timer.builder(prefix + ".request.latency")
                .description("Time from when the request was due to the last byte of its answer, or to the timeout")
                .serviceLevelObjectives(Arrays.stream(RequestHistograms.buckets())
                        .mapToObj(seconds -> Duration.ofNanos(Math.round(seconds * 1e9))).toArray(Duration[]::new))
                .withRegistry(registry);
        dropped = Counter.builder(prefix + ".dropped")
                .description("Requests of the open model that were not sent, because too many were in flight")
                .register(registry);
    }

    /** Records an answer. Call it while the span is current, so that the histogram gets an exemplar. */
    void answered(Action action, int status, Duration after) {
        count.withTags("method", action.method(), "endpoint", action.endpoint(), "status", String.valueOf(status)).increment();
        latency.withTags("method", action.method(), "endpoint", action.endpoint()).record(after);
    }

    void dropped(long arrivals) {
        dropped.increment(arrivals);
    }
}
