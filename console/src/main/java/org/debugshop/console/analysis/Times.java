package org.debugshop.console.analysis;

import java.time.Instant;

/** Between the two ways to tell a time here. */
final class Times {

    private Times() {}

    /** @param nanos since the epoch */
    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }

    /** Since the epoch. */
    static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }
}
