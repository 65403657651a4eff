package org.debugshop.bench.load;

import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What came of one stretch of load.
 *
 * @param operations that succeeded
 * @param seconds from the first request to the last answer
 * @param latencies of those that succeeded, in nanoseconds
 * @param errors how many failed, by what was wrong
 */
record Round(long operations, double seconds, Histogram latencies, Map<String, Integer> errors) {

    double perSecond() {
        return operations / seconds;
    }

    int failed() {
        return errors.values().stream().mapToInt(Integer::intValue).sum();
    }
}
