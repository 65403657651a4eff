package org.debugshop.bench.load;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * What to measure. {@code ./shop bench} passes it as a JSON object, which it has checked.
 *
 * @param connections the number of connections of the load; it uses one instance at a time
 * @param rate operations per second in rounds at a fixed rate; 0 means half the throughput of the slowest instance
 * @param seconds the length of a round
 * @param rounds the number of rounds for each operation, mode and instance
 * @param starts how often the start is measured
 * @param warmUpStart whether to start everything once before that without measuring
 * @param requests the names of operations in {@link Operation#ALL}
 * @param offsets the port offsets of the instances: with telemetry, without telemetry, bare, without engines
 * @param against the commit to compare with instead of all these; empty for none
 * @param json whether to print JSON instead of tables
 * @param live whether standard error is a terminal, on which the line of progress can be overwritten
 */
public record Plan(int connections, int rate, double seconds, int rounds, int starts, boolean warmUpStart, List<String> requests,
        List<Integer> offsets, String against, boolean json, boolean live) {

    private static final double LEAST_WARM_UP_SECONDS = 3;

    static Plan parse(String json) throws IOException {
        return JSON.std.beanFrom(Plan.class, json);
    }

    boolean isAgainstAnother() {
        return !against.isEmpty();
    }

    Duration round() {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    /** Returns how long each operation runs before it is measured, so that the JVMs have compiled the code. */
    Duration warmUp() {
        return warmUpStart ? Duration.ofNanos((long) (Math.max(seconds, LEAST_WARM_UP_SECONDS) * 1e9)) : round();
    }

    List<Operation> operations() {
        return Operation.ALL.stream().filter(operation -> requests.contains(operation.name())).toList();
    }
}
