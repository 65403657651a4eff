package org.debugshop.accounts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Limits how many passwords can be tried for a username: ten failures a minute. It counts checks that are still running, too, so that
 * many at once don't pass. It remembers 10,000 usernames, and forgets rather those that are tried seldom. Safe under concurrent use.
 */
final class FailureLimit {

    private static final int MAX_FAILURES = 10;
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MAX_USERNAMES = 10_000;

    /** @param start the time of the first failure, by {@link Ticker#read()} */
    private record Count(long start, int failures, int running) {}

    private final Ticker ticker;
    private final Cache<String, Count> counts;

    FailureLimit(Ticker ticker) {
        this.ticker = ticker;
        this.counts = Caffeine.newBuilder().ticker(ticker).expireAfterWrite(WINDOW.multipliedBy(2)).maximumSize(MAX_USERNAMES).build();
    }

    /** Returns how long this username has to wait; empty if a password may be checked now. */
    Optional<Duration> wait(String username) {
        var count = current(counts.getIfPresent(username));
        if (count.failures >= MAX_FAILURES) {
            var rest = WINDOW.minusNanos(ticker.read() - count.start);
            return Optional.of(rest.isPositive() ? rest : Duration.ofNanos(1)); // the window may have ended since
        }
        return count.failures + count.running < MAX_FAILURES ? Optional.empty() : Optional.of(Duration.ofSeconds(1));
    }

    /** Returns whether a check may begin. If so, {@link #end} has to follow. */
    boolean begin(String username) {
        var begun = new AtomicBoolean();
        counts.asMap().compute(username, (_, before) -> {
            var count = current(before);
            begun.set(count.failures + count.running < MAX_FAILURES);
            return begun.get() ? new Count(count.start, count.failures, count.running + 1) : count;
        });
        return begun.get();
    }

    /** A check that has begun has ended. @param failed whether the password was wrong */
    void end(String username, boolean failed) {
        counts.asMap().compute(username, (_, before) -> {
            var count = current(before);
            var ended = new Count(count.start, count.failures, Math.max(0, count.running - 1));
            return failed ? plusFailure(ended) : ended;
        });
    }

    /** A password was wrong that was checked for another caller at the same time. */
    void failed(String username) {
        counts.asMap().compute(username, (_, before) -> plusFailure(current(before)));
    }

    private Count plusFailure(Count count) {
        return new Count(count.failures == 0 ? ticker.read() : count.start, count.failures + 1, count.running);
    }

    /** Returns how many usernames are remembered. */
    long size() {
        counts.cleanUp();
        return counts.estimatedSize();
    }

    /** Returns the count without failures that are over. */
    private Count current(Count count) {
        if (count == null) {
            return new Count(ticker.read(), 0, 0);
        }
        return ticker.read() - count.start < WINDOW.toNanos() ? count : new Count(ticker.read(), 0, count.running);
    }
}
