package org.debugshop.defaults.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.MDC;

/**
 * Structured fields for the log records that are written while it is open, both on standard output and over OTLP. They have the
 * names of span attributes, so that spans can be found by a value from a log:
 * {@snippet lang=java :
 * try (var _ = LogFields.of(AUTH_FAILURE, reason)) {
 *     Log.warn("Refused a request");
 * }
 * }
 * Open and close it on one thread, around the call that logs.
 */
public final class LogFields implements AutoCloseable {

    private final List<String> names = new ArrayList<>(4);

    private LogFields() {}

    /** @param value nothing is added when it is null */
    public static <T> LogFields of(AttributeKey<T> key, T value) {
        return new LogFields().and(key, value);
    }

    /** @param value nothing is added when it is null */
    public <T> LogFields and(AttributeKey<T> key, T value) {
        if (value != null) {
            MDC.put(key.getKey(), value.toString());
            names.add(key.getKey());
        }
        return this;
    }

    @Override
    public void close() {
        names.forEach(MDC::remove);
    }
}
