package org.debugshop.console.store;

import java.util.List;
import java.util.Optional;

/**
 * A query for log records.
 *
 * @param level the lowest level
 * @param text part of the message or of the event name, not case-sensitive
 * @param attributes fields as {@code key=value}, see {@link LogRecord#has}
 * @param sinceNanos the earliest time
 * @param untilNanos the latest time
 * @param limit 1 or more
 * @param cursor the end of the previous page
 */
public record LogQuery(Optional<String> service, Optional<LogRecord.Level> level, Optional<String> text, Optional<TraceId> traceId,
        List<String> attributes, long sinceNanos, long untilNanos, int limit, Optional<Cursor> cursor) {

    public static LogQuery all(int limit) {
        return new LogQuery(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Long.MIN_VALUE,
                Long.MAX_VALUE, limit, Optional.empty());
    }

    static LogQuery ofTrace(TraceId id, int limit) {
        return new LogQuery(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(id), List.of(), Long.MIN_VALUE,
                Long.MAX_VALUE, limit, Optional.empty());
    }

    boolean matches(LogRecord entry, String lowerCaseText) {
        return entry.timeNanos() >= sinceNanos && entry.timeNanos() <= untilNanos
                && (traceId.isEmpty() || traceId.get().equals(entry.traceId()))
                && (level.isEmpty() || entry.level().compareTo(level.get()) >= 0)
                && (service.isEmpty() || service.get().equals(entry.service()))
                && attributes.stream().allMatch(entry::has)
                && (lowerCaseText == null || contains(entry.message(), lowerCaseText) || contains(entry.eventName(), lowerCaseText));
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
