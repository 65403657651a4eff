package org.debugshop.defaults.telemetry;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Lets one line in five minutes through about telemetry that cannot be delivered. A missing receiver is an everyday matter on a
 * laptop, and each line would be exported, fail and make the next one.
 */
@Singleton
public class ExportWarnings implements Filter {

    /** Held, since the log manager keeps loggers weakly. */
    private static final Logger SENDER = Logger.getLogger("io.quarkus.opentelemetry.runtime.exporter.otlp.sender.VertxHttpSender");
    private static final long PAUSE = Duration.ofMinutes(5).toNanos();
    /** In which a receiver that is started beside us comes up. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final AtomicLong quietUntil;

    ExportWarnings() {
        this(GRACE);
    }

    ExportWarnings(Duration grace) {
        quietUntil = new AtomicLong(System.nanoTime() + grace.toNanos());
    }

    void install(@Observes StartupEvent event) {
        SENDER.setFilter(this);
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        var now = System.nanoTime();
        var until = quietUntil.get();
        return now - until >= 0 && quietUntil.compareAndSet(until, now + PAUSE);
    }
}
