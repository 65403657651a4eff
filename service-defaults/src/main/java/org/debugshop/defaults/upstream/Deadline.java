package org.debugshop.defaults.upstream;

import java.time.Duration;

/**
 * The time at which all upstream calls for an answer must have ended. A service that makes several calls in sequence sets it before
 * its own caller's timeout. Otherwise it would still work on an answer after its caller has given up.
 *
 * @param nanoTime the time, by {@link System#nanoTime()}
 */
public record Deadline(long nanoTime) {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    /**
     * Returns the deadline in three quarters of {@code UPSTREAM_TIMEOUT}. The caller waits for the full timeout, so the rest is
     * left for the response.
     */
    public static Deadline beforeTheCallers() {
        return new Deadline(System.nanoTime() + Upstream.timeoutOfEnvironment().toNanos() / 4 * 3);
    }

    /** Returns the time that is left, at least one millisecond. */
    public Duration left() {
        var left = Duration.ofNanos(nanoTime - System.nanoTime());
        return left.compareTo(SHORTEST) < 0 ? SHORTEST : left;
    }
}
