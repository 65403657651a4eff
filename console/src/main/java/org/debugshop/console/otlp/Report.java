package org.debugshop.console.otlp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the answer to one request says of it: how many spans, log records or data points were rejected, what else was left out or replaced, and why.
 * Not safe for several threads.
 */
final class Report {

    static final int MAX_REASONS = 8;

    private final Map<String, Long> reasons = new LinkedHashMap<>();
    private long rejected;
    private long otherReasons;

    /** Notes that {@code count} spans, log records or data points are not kept. */
    void reject(long count, String reason) {
        rejected += count;
        warn(count, reason);
    }

    /** Notes what is left out of, or replaced in, something that is kept. */
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

    /** In words, each reason with how often it held; empty if all was kept as it was sent. */
    String problem() {
        String text = reasons.entrySet().stream()
                .map(each -> each.getValue() == 1 ? each.getKey() : each.getKey() + " (" + each.getValue() + " times)")
                .collect(Collectors.joining("; "));
        return otherReasons == 0 ? text : text + "; and " + otherReasons + " times for other reasons";
    }
}
