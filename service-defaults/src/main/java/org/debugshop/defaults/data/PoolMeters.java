package org.debugshop.defaults.data;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.vertx.core.impl.NoStackTraceThrowable;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * The metrics of a connection pool, with the names of the <a
 * href="https://opentelemetry.io/docs/specs/semconv/db/database-metrics/">semantic conventions</a>. Vert.x measures most of them under
 * other names, which {@link Names} replaces.
 */
final class PoolMeters {

    private static final String COUNT = "db.client.connection.count";
    private static final String POOL = "db.client.connection.pool.name";
    private static final String STATE = "db.client.connection.state";
    /** The pool's whole reason when no connection became free in time. */
    private static final String TIMEOUT = "Timeout";

    private final Tags pool;
    private final Counter timeouts;

    /** @param open how many connections the pool has */
    PoolMeters(String name, int max, IntSupplier open) {
        pool = Tags.of(POOL, name);
        timeouts = Counter.builder("db.client.connection.timeouts").description("Times that no connection became free in time").tags(pool)
                .register(Metrics.globalRegistry);
        Gauge.builder("db.client.connection.max", () -> max).description("Connections that the pool may have").tags(pool)
                .strongReference(true).register(Metrics.globalRegistry);
        Gauge.builder(COUNT, () -> Math.max(0, open.getAsInt() - used())).description("Connections of the pool").tags(pool)
                .tags(STATE, "idle").strongReference(true).register(Metrics.globalRegistry);
    }

    private double used() {
        return Metrics.globalRegistry.getRegistries().stream()
                .map(registry -> registry.find(COUNT).tags(pool).tag(STATE, "used").gauge())
                .filter(Objects::nonNull).findFirst().map(Gauge::value).orElse(0.0);
    }

    /** Counts a failure if it means that no connection became free in time. */
    void note(Throwable failure) {
        if (isTimeout(failure)) {
            timeouts.increment();
        }
    }

    static boolean isTimeout(Throwable failure) {
        return failure instanceof NoStackTraceThrowable && TIMEOUT.equals(failure.getMessage());
    }

    /** Renames what Vert.x measures of its pools of SQL connections. */
    static final class Names {

        private static final String PREFIX = "sql.pool.";
        private static final Map<String, String> CONVENTIONS = Map.of(
                "active", COUNT,
                "queue.size", "db.client.connection.pending_requests",
                "queue.delay", "db.client.connection.wait_time",
                "usage", "db.client.connection.use_time");
        private static final Map<String, String> DESCRIPTIONS = Map.of(
                "active", "Connections of the pool",
                "queue.size", "Requests that wait for a connection",
                "queue.delay", "How long requests have waited for a connection",
                "usage", "How long connections were in use");
        /** Vert.x derives these from the maximum, or they tell nothing more. */
        private static final Set<String> LEFT_OUT = Set.of("idle", "ratio", "completed", "rejected");

        @Produces
        @Singleton
        MeterFilter pools() {
            return new MeterFilter() {
                @Override
                public MeterFilterReply accept(Meter.Id id) {
                    return id.getName().startsWith(PREFIX) && LEFT_OUT.contains(id.getName().substring(PREFIX.length()))
                            ? MeterFilterReply.DENY
                            : MeterFilterReply.NEUTRAL;
                }

                @Override
                public Meter.Id map(Meter.Id id) {
                    var own = id.getName().startsWith(PREFIX) ? id.getName().substring(PREFIX.length()) : "";
                    if (!CONVENTIONS.containsKey(own)) {
                        return id;
                    }
                    var pool = Tag.of(POOL, Objects.requireNonNullElse(id.getTag("pool.name"), ""));
                    return new Meter.Id(CONVENTIONS.get(own),
                            Tags.of(own.equals("active") ? List.of(pool, Tag.of(STATE, "used")) : List.of(pool)), id.getBaseUnit(),
                            DESCRIPTIONS.get(own), id.getType());
                }
            };
        }
    }
}
