package org.debugshop.defaults.telemetry;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Limits warnings about telemetry that can't be delivered to one in five minutes. A missing receiver is common on a laptop. Without
 * the limit, each warning would itself be exported, fail, and cause the next one.
 */
@Singleton
public class ExportWarnings implements Filter {

    /** Strong references, because the log manager holds loggers weakly. */
    static final List<Logger> SENDERS = Stream.of("VertxHttpSender", "VertxGrpcSender")
            .map(sender -> Logger.getLogger("io.quarkus.opentelemetry.runtime.exporter.otlp.sender." + sender)).toList();
    private static final long PAUSE = Duration.ofMinutes(5).toNanos();
    /** The time that a receiver may need if it starts together with this service. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final AtomicLong quietUntil;

    ExportWarnings() {
        this(GRACE);
    }

    ExportWarnings(Duration grace) {
        quietUntil = new AtomicLong(System.nanoTime() + grace.toNanos());
    }

    void install(@Observes StartupEvent event) {
        SENDERS.forEach(sender -> sender.setFilter(this));
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        var now = System.nanoTime();
        var until = quietUntil.get();
        return now - until >= 0 && quietUntil.compareAndSet(until, now + PAUSE);
    }
}
