package org.debugshop.console.otlp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Collects the problems of one request for the answer: how many spans, log records or data points were rejected, what else was
 * dropped or replaced, and why. Not thread-safe.
 */
final class Report {

    static final int MAX_REASONS = 8;

    private final Map<String, Long> reasons = new LinkedHashMap<>();
    private long rejected;
    private long otherReasons;

    /** Records that {@code count} spans, log records or data points are rejected. */
    void reject(long count, String reason) {
        rejected += count;
        warn(count, reason);
    }

    /** Records that something was dropped from, or replaced in, records that are kept. */
    void warn(long count, String reason) {
        if (count > 0) {
            if (reasons.size() < MAX_REASONS || reasons.containsKey(reason)) {
                reasons.merge(reason, count, Long::sum);
            } else {
                otherReasons += count;
            }
        }
    }

    long rejected() {
        return rejected;
    }

    /** Returns the reasons, with the number of occurrences of each; empty if everything was kept as it was sent. */
    String problem() {
        String text = reasons.entrySet().stream()
                .map(reason -> reason.getValue() == 1 ? reason.getKey() : reason.getKey() + " (" + reason.getValue() + " times)")
                .collect(Collectors.joining("; "));
        return otherReasons == 0 ? text : text + "; and " + otherReasons + " times for other reasons";
    }
}
