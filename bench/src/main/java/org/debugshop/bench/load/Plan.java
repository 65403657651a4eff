package org.debugshop.bench.load;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * What to measure, as {@code ./shop bench} hands it over: one JSON object, checked there.
 *
 * @param connections of the load, to one instance at a time
 * @param rate operations a second of the rounds at a fixed rate; 0: half of what the slowest instance does
 * @param seconds that a round takes
 * @param rounds of each request, in each mode, at each instance
 * @param starts how often the start is measured
 * @param warmUpStart whether one start goes before them that does not count
 * @param requests names of {@link Operation#ALL}
 * @param offsets port offsets: with telemetry, without, bare, without engines
 * @param json whether to print JSON in place of tables
 * @param live whether a line of progress can be drawn over
 */
public record Plan(int connections, int rate, double seconds, int rounds, int starts, boolean warmUpStart, List<String> requests,
        List<Integer> offsets, boolean json, boolean live) {

    private static final double LEAST_WARM_UP_SECONDS = 3;

    static Plan parse(String json) throws IOException {
        return JSON.std.beanFrom(Plan.class, json);
    }

    Duration round() {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    /** How long each operation is done before it is measured: services compile what they do often. */
    Duration warmUp() {
        return warmUpStart ? Duration.ofNanos((long) (Math.max(seconds, LEAST_WARM_UP_SECONDS) * 1e9)) : round();
    }

    List<Operation> operations() {
        return Operation.ALL.stream().filter(operation -> requests.contains(operation.name())).toList();
    }
}
