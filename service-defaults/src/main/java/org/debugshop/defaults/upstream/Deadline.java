package org.debugshop.defaults.upstream;

import java.time.Duration;

/**
 * A point in time by which all calls for one answer have to be over. A service that calls several, one after the other, sets it
 * before its own caller's patience ends: else it would go on working for somebody who has been told that it failed.
 *
 * @param nanoTime of {@link System#nanoTime()}
 */
public record Deadline(long nanoTime) {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** Three quarters of {@code UPSTREAM_TIMEOUT} from now: our caller waits that time-out for us, so that the rest is for the way. */
    public static Deadline beforeTheCallers() {
        return new Deadline(System.nanoTime() + Upstream.timeoutOfEnvironment().toNanos() / 4 * 3);
    }

    /** @return what is left until then, at least a millisecond */
    public Duration left() {
        var left = Duration.ofNanos(nanoTime - System.nanoTime());
        return left.compareTo(SHORTEST) < 0 ? SHORTEST : left;
    }
}
