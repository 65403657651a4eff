package org.debugshop.defaults.upstream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The metrics of the calls of one upstream service. */
final class UpstreamMeters {

    private static final String UPSTREAM = "upstream";
    private static final Map<String, UpstreamMeters> ALL = new ConcurrentHashMap<>();

    private final Counter retries;
    private final Map<UpstreamFailure.Kind, Counter> failures = new EnumMap<>(UpstreamFailure.Kind.class);
    private final AtomicInteger active = new AtomicInteger();

    private UpstreamMeters(String service) {
        retries = Counter.builder("shop.upstream.retries").description("Calls that were repeated because they had failed")
                .tag(UPSTREAM, service).register(Metrics.globalRegistry);
        Arrays.stream(UpstreamFailure.Kind.values()).filter(kind -> kind != UpstreamFailure.Kind.REFUSED)
                .forEach(kind -> failures.put(kind, Counter.builder("shop.upstream.failures").description("Calls without a usable answer")
                        .tag(UPSTREAM, service).tag("reason", kind.word()).register(Metrics.globalRegistry)));
        Gauge.builder("shop.upstream.active.calls", active, AtomicInteger::get).description("Calls that have no answer yet")
                .tag(UPSTREAM, service).strongReference(true).register(Metrics.globalRegistry);
    }

    /** Returns the metrics for a service's name, which is one of a few. The counters begin with 0. */
    static UpstreamMeters of(String service) {
        return ALL.computeIfAbsent(service, UpstreamMeters::new);
    }

    void started() {
        active.incrementAndGet();
    }

    void ended() {
        active.decrementAndGet();
    }

    void failed(UpstreamFailure.Kind kind) {
        // A refusal is an answer.
        if (failures.containsKey(kind)) {
            failures.get(kind).increment();
        }
    }

    void retried() {
        retries.increment();
    }
}
