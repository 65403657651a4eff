package org.debugshop.console.analysis;

import java.time.Instant;

/** Converts between the two representations of time. */
final class Times {

    private Times() {}

    /** @param nanos since the epoch */
    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }

    /** Returns nanoseconds since the epoch. */
    static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }
}
