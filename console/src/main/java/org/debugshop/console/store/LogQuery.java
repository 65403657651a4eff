package org.debugshop.console.store;

import java.util.List;
import java.util.Optional;

/**
 * Which log records.
 *
 * @param level this one and above
 * @param text part of the message or of the name of the event, in any case
 * @param attributes fields that it has, each as {@code key=value}, see {@link LogRecord#has}
 * @param sinceNanos written then or later
 * @param untilNanos written then or before
 * @param limit 1 or more
 * @param cursor begin after this
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
        // Without a lower-case copy of each message: that would be most of the work.
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
