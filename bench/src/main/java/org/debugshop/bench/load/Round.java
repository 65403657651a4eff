package org.debugshop.bench.load;

import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The results of one round of load.
 *
 * @param operations the number of successful operations
 * @param seconds from the first request to the last answer
 * @param latencies the latencies of successful operations in nanoseconds
 * @param errors the number of failed operations by kind of error
 */
record Round(long operations, double seconds, Histogram latencies, Map<String, Integer> errors) {

    double perSecond() {
        return operations / seconds;
    }

    int failed() {
        return errors.values().stream().mapToInt(Integer::intValue).sum();
    }
}
