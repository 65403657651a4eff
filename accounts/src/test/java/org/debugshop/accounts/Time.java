package org.debugshop.accounts;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** A time that begins now, because libraries have their own, and passes only when a test says so. */
final class Time implements InstantSource {

    private volatile Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @Override
    public Instant instant() {
        return now;
    }

    long nanos() {
        return now.toEpochMilli() * 1_000_000;
    }

    void pass(Duration duration) {
        now = now.plus(duration);
    }
}
