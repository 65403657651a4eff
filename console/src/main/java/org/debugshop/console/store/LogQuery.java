package org.debugshop.console.store;

import java.util.List;
import java.util.Optional;

/**
 * A query for log records.
 *
 * @param filter conditions that a record must match
 * @param timeNanos the time of the record, in nanoseconds since the epoch
 * @param limit 1 or more
 * @param cursor the end of the previous page
 */
public record LogQuery(LogFilter filter, Range timeNanos, int limit, Optional<Cursor> cursor) {

    /**
     * Conditions that must all match.
     *
     * @param level the lowest level
     * @param text part of the message or of the event name, not case-sensitive
     * @param attributes fields as {@code key=value}, see {@link LogRecord#has}
     */
    public record LogFilter(Optional<String> service, Optional<LogRecord.Level> level, Optional<String> text, Optional<TraceId> traceId,
            List<String> attributes) {

        public static final LogFilter ANY = new LogFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                List.of());

        private static LogFilter ofTrace(TraceId id) {
            return new LogFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(id), List.of());
        }

        private boolean matches(LogRecord entry, String lowerCaseText) {
            return (traceId.isEmpty() || traceId.get().equals(entry.traceId()))
                    && (level.isEmpty() || entry.level().compareTo(level.get()) >= 0)
                    && (service.isEmpty() || service.get().equals(entry.service()))
                    && attributes.stream().allMatch(entry::has)
                    && (lowerCaseText == null || contains(entry.message(), lowerCaseText) || contains(entry.eventName(), lowerCaseText));
        }
    }

    public static LogQuery all(int limit) {
        return new LogQuery(LogFilter.ANY, Range.ALL, limit, Optional.empty());
    }

    static LogQuery ofTrace(TraceId id, int limit) {
        return new LogQuery(LogFilter.ofTrace(id), Range.ALL, limit, Optional.empty());
    }

    boolean matches(LogRecord entry, String lowerCaseText) {
        return timeNanos.includes(entry.timeNanos()) && filter.matches(entry, lowerCaseText);
    }

    private static boolean contains(String message, String lowerCaseText) {
        // No lower-case copy of each message is made, because that would take most of the time.
        char first = lowerCaseText.charAt(0);
        char upper = Character.toUpperCase(first);
        for (int i = 0; i <= message.length() - lowerCaseText.length(); i++) {
            char c = message.charAt(i);
            if ((c == first || c == upper) && message.regionMatches(true, i, lowerCaseText, 0, lowerCaseText.length())) {
                return true;
            }
        }
        return false;
    }
}
