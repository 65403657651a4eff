package org.debugshop.console.otlp;

import java.time.Duration;

/**
 * When a request arrived, against which the times in it are held. A clock that was never set is at 1970, a wrong unit leads to the year
 * 2100 or to 1970 again; such a time would stay at the top of every list, or make a span last for decades.
 *
 * @param nanos since the epoch
 */
record Arrival(long nanos) {

    static final Duration OLDEST = Duration.ofDays(3650);
    static final Duration AHEAD = Duration.ofMinutes(5);
    /** A span that seems to last longer began at a time that its clock had wrong. */
    static final Duration LONGEST = Duration.ofDays(30);

    static Arrival now() {
        return new Arrival(System.currentTimeMillis() * 1_000_000);
    }

    /** Whether this time, since the epoch, may be: at most ten years before the arrival, at most five minutes after it. */
    boolean allows(long timeNanos) {
        return timeNanos > 0 && timeNanos >= nanos - OLDEST.toNanos() && timeNanos <= nanos + AHEAD.toNanos();
    }
}
