package org.debugshop.console.otlp;

import java.time.Duration;

/**
 * The arrival time of a request, which the times in it are compared with. A clock that was never set is in 1970, and a wrong unit
 * leads to the year 2100 or back to 1970. Such a time would stay at the top of every list, or make a span last for decades.
 *
 * @param nanos nanoseconds since the epoch
 */
record Arrival(long nanos) {

    static final Duration OLDEST = Duration.ofDays(3650);
    static final Duration AHEAD = Duration.ofMinutes(5);
    /** The longest plausible duration of a span. If a span seems to last longer, its clock was wrong at its start. */
    static final Duration LONGEST = Duration.ofDays(30);

    static Arrival now() {
        return new Arrival(System.currentTimeMillis() * 1_000_000);
    }

    /** Returns whether a time since the epoch is plausible: at most ten years before the arrival, and at most five minutes after it. */
    boolean allows(long timeNanos) {
        return timeNanos > 0 && timeNanos >= nanos - OLDEST.toNanos() && timeNanos <= nanos + AHEAD.toNanos();
    }
}
