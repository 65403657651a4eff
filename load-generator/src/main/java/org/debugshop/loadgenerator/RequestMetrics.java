package org.debugshop.loadgenerator;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import org.debugshop.defaults.telemetry.RequestHistograms;

/**
 * The metrics that docs/http.md names: {@code load_generator_request_count_total} and {@code load_generator_request_latency_seconds},
 * of the instabook profile {@code load_generator_instabook_…}; further {@code …_dropped_total}, arrivals that found too many waiting.
 */
final class RequestMetrics {

    private final MeterProvider<Counter> count;
    private final MeterProvider<Timer> latency;
    private final Counter dropped;

    RequestMetrics(MeterRegistry registry, String prefix) {
        count = Counter.builder(prefix + ".request.count").description("Requests by their outcome; status 0: no answer")
                .withRegistry(registry);
        latency = Timer.builder(prefix + ".request.latency")
                .description("From when the request was due to the last byte of its answer, or to giving up")
                .serviceLevelObjectives(Arrays.stream(RequestHistograms.buckets())
                        .mapToObj(seconds -> Duration.ofNanos(Math.round(seconds * 1e9))).toArray(Duration[]::new))
                .withRegistry(registry);
        dropped = Counter.builder(prefix + ".dropped")
                .description("Requests that RATE asked for and that were not sent, since too many waited for an answer")
                .register(registry);
    }

    /** Call it while the span is current, so that the histogram gets it as an exemplar. */
    void answered(Action action, int status, Duration after) {
        count.withTags("method", action.method(), "endpoint", action.endpoint(), "status", String.valueOf(status)).increment();
        latency.withTags("method", action.method(), "endpoint", action.endpoint()).record(after);
    }

    void dropped(long arrivals) {
        dropped.increment(arrivals);
    }
}
