package org.debugshop.defaults.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How late a timer of 100 ms runs on an event loop. So long do requests wait, too: for code that blocks, a pause of the garbage
 * collector, a busy machine, or a process that was stopped.
 */
@Singleton
final class EventLoopDelay {

    private static final long PERIOD_MILLIS = 100;
    private static final Duration[] BUCKETS = Stream.of(5, 25, 100, 500, 1_000, 5_000).map(Duration::ofMillis).toArray(Duration[]::new);

    private final Vertx vertx;
    private final Timer delay;

    EventLoopDelay(Vertx vertx, MeterRegistry registry) {
        this.vertx = vertx;
        this.delay = Timer.builder("vertx.event.loop.delay").description("How late a timer runs on an event loop")
                .serviceLevelObjectives(BUCKETS).register(registry);
    }

    void start(@Observes StartupEvent event) {
        vertx.runOnContext(_ -> next());
    }

    private void next() {
        var set = System.nanoTime();
        vertx.setTimer(PERIOD_MILLIS, _ -> {
            delay.record(Math.max(0, System.nanoTime() - set - TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS)), TimeUnit.NANOSECONDS);
            next();
        });
    }
}
