package org.debugshop.console.store;

import java.util.Locale;

/**
 * A stored log record.
 *
 * @param timeNanos nanoseconds since the epoch; the time when it was observed if the sender set no time; the time of arrival if
 *        that is invalid
 * @param eventName the type of the event; empty if this isn't an event
 * @param traceId {@link TraceId#NONE} outside a trace
 * @param spanId 0 if there is none
 * @param alteration how it differs from what was sent
 */
public record LogRecord(long timeNanos, Resource resource, String scope, Level level, String eventName, String message, TraceId traceId,
        long spanId, Attributes attributes, Alteration alteration, int bytes) implements TelemetryRecord<LogRecord> {

    /** OpenTelemetry's severity ranges, in rising order. */
    public enum Level {
        TRACE, DEBUG, INFO, WARN, ERROR, FATAL;

        private static final Level[] LEVELS = values();

        /**
         * Returns the level for a severity number (1 to 24, four per level). If it is unset, the text decides, with the names of
         * common logging systems. If that is unknown, the level is INFO.
         */
        public static Level of(int number, String text) {
            if (number >= 1 && number <= 24) {
                return LEVELS[(number - 1) / 4];
            }
            return switch (text.toUpperCase(Locale.ROOT)) {
                case "TRACE", "FINEST", "FINER", "ALL" -> TRACE;
                case "DEBUG", "FINE", "CONFIG" -> DEBUG;
                case "WARN", "WARNING" -> WARN;
                case "ERROR", "ERR", "SEVERE" -> ERROR;
                case "FATAL", "CRITICAL", "CRIT", "ALERT", "EMERG", "PANIC" -> FATAL;
                default -> INFO;
            };
        }
    }

    public String service() {
        return resource.service();
    }

    /** Returns whether the time is the sender's, not that of the arrival. */
    public boolean isTimed() {
        return alteration.replaced() == Alteration.Replaced.NONE;
    }

    /**
     * Returns whether the record has this field: an attribute of the record or its resource, or the name of its event or its scope.
     *
     * @param field {@code key=value}, the value as {@link ValueText}
     */
    boolean has(String field) {
        return attributes.has(field) || resource.attributes().has(field)
                || has(field, "event.name=", eventName) || has(field, "otel.scope.name=", scope);
    }

    private static boolean has(String field, String key, String value) {
        return !value.isEmpty() && field.length() == key.length() + value.length() && field.startsWith(key) && field.endsWith(value);
    }

    @Override
    public LogRecord from(Resource sender, String instrumentation) {
        return new LogRecord(timeNanos, sender, instrumentation, level, eventName, message, traceId, spanId, attributes,
                alteration, bytes);
    }

    @Override
    public LogRecord charged(int moreBytes) {
        return moreBytes == 0
                ? this
                : new LogRecord(timeNanos, resource, scope, level, eventName, message, traceId, spanId, attributes, alteration,
                        bytes + moreBytes);
    }
}
