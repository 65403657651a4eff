package org.debugshop.console.api;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.debugshop.console.store.Cursor;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.SeriesStore;
import org.debugshop.console.store.TraceId;
import org.debugshop.defaults.http.HttpError;

/**
 * Reads query parameters. An empty parameter counts as missing. Each method throws an {@link HttpError} 400 that names the
 * parameter if its value is invalid.
 */
final class QueryParameters {

    static final int DEFAULT_LIMIT = 100;
    static final int MAX_LIMIT = 1000;

    private static final Pattern DURATION = Pattern.compile(
            "(?:(\\d{1,5})d)?(?:(\\d{1,7})h)?(?:(\\d{1,8})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

    private QueryParameters() {}

    static Optional<String> text(String value) {
        return Optional.ofNullable(value).filter(text -> !text.isEmpty());
    }

    /** Returns nanoseconds since the epoch; the earliest time if it is missing. */
    static long sinceNanos(String value, Instant now) {
        return text(value).isEmpty() ? Long.MIN_VALUE : nanos("since", value, now);
    }

    /** Returns nanoseconds since the epoch; the latest time if it is missing. */
    static long untilNanos(String value, Instant now) {
        return text(value).isEmpty() ? Long.MAX_VALUE : nanos("until", value, now);
    }

    private static long nanos(String name, String value, Instant now) {
        Matcher duration = DURATION.matcher(value);
        Instant time = duration.matches() ? now.minus(duration(duration)) : time(name, value);
        try {
            return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
        } catch (ArithmeticException e) {
            return time.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    private static Duration duration(Matcher matcher) {
        long[] parts = new long[6];
        for (int i = 1; i <= 5; i++) {
            parts[i] = matcher.group(i) == null ? 0 : Long.parseLong(matcher.group(i));
        }
        return Duration.ofDays(parts[1]).plusHours(parts[2]).plusMinutes(parts[3]).plusSeconds(parts[4]).plusMillis(parts[5]);
    }

    private static Instant time(String name, String value) {
        try {
            // If the plus of an offset was not encoded, it arrives as a space.
            return OffsetDateTime.parse(value.replace(' ', '+')).toInstant();
        } catch (DateTimeException e) {
            throw HttpError.badRequest("The parameter " + name + " must be a duration like 5m or 1h30m, or an RFC 3339 time");
        }
    }

    static int limit(String value) {
        try {
            int limit = text(value).map(Integer::parseInt).orElse(DEFAULT_LIMIT);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw HttpError.badRequest("The parameter limit must be a number from 1 to " + MAX_LIMIT);
    }

    static Optional<Cursor> cursor(String value) {
        try {
            return text(value).map(Cursor::parse);
        } catch (IllegalArgumentException e) {
            throw HttpError.badRequest("The parameter cursor must be the cursor of an earlier answer");
        }
    }

    static Optional<SeriesStore.Place> place(String cursor) {
        try {
            return text(cursor).map(SeriesStore.Place::parse);
        } catch (IllegalArgumentException e) {
            throw HttpError.badRequest("The parameter cursor must be the cursor of an earlier answer");
        }
    }

    static Optional<Boolean> bool(String name, String value) {
        return text(value).map(text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw HttpError.badRequest("The parameter " + name + " must be true or false");
        });
    }

    /** Converts milliseconds, which may have decimals, to nanoseconds; 0 if it is missing. */
    static long millisAsNanos(String name, String value) {
        return millisAsNanos(name, value, 0);
    }

    /** Converts milliseconds, which may have decimals, to nanoseconds. */
    static long millisAsNanos(String name, String value, long ifMissing) {
        if (text(value).isEmpty()) {
            return ifMissing;
        }
        try {
            double millis = new BigDecimal(value).doubleValue();
            if (millis >= 0 && millis <= 1e9) {
                return Math.round(millis * 1e6);
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw HttpError.badRequest("The parameter " + name + " must be a number from 0 to 1000000000");
    }

    /** @param values a list of {@code key=value} */
    static List<String> attributes(List<String> values) {
        List<String> attributes = values == null ? List.of() : values.stream().filter(value -> !value.isEmpty()).toList();
        if (attributes.stream().anyMatch(value -> value.indexOf('=') < 1)) {
            throw HttpError.badRequest("The parameter attribute must be key=value");
        }
        return attributes;
    }

    static Optional<LogRecord.Level> level(String value) {
        try {
            return text(value).map(text -> LogRecord.Level.valueOf(text.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            throw HttpError.badRequest("The parameter level must be one of "
                    + Arrays.stream(LogRecord.Level.values()).map(Enum::name).collect(Collectors.joining(", ")));
        }
    }

    static TraceId traceId(String value) {
        try {
            return TraceId.parse(value);
        } catch (IllegalArgumentException e) {
            throw HttpError.badRequest("The trace_id must be 32 hex digits");
        }
    }
}
