package org.debugshop.instabookcache;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * The booking sessions, in memory, oldest first. Each session is stored as the bytes of its answer, because a tree of objects would
 * take several times as much memory. Expiry and both bounds remove sessions from the head. Storing adds to the tail, even if the id
 * exists already, so a replaced session counts as new, and the head is always the next to be removed:
 * <pre>
 *     head: the oldest                                            tail: the newest
 *     s-17 ──────────────▶ s-4 ───────────────▶ s-18 ──────────▶ s-5
 *     {"id":"s-17",…}      {"id":"s-4",…}       {"id":"s-18",…}   {"id":"s-5",…}
 *     until 10:02:11       until 10:02:12       until 10:07:40    until 10:09:03
 *
 *     put(s-4), at the bound:   s-18 ──▶ s-5 ──▶ s-4             s-4 moved to the tail, and s-17 went
 * </pre>
 * A cache such as Caffeine isn't used, because it evicts the entries that it expects to be used least, which is not the documented
 * order.
 *
 * <p>Bounds: 100,000 sessions, 16 MiB of JSON in total, 24 hours for each session. With about 150 bytes of overhead for each
 * session, that is 32 MiB at most. All operations take amortised constant time, because each stored session is removed once.
 * Thread-safe.
 */
final class SessionStore {

    static final int MAX_SESSIONS = 100_000;
    static final long MAX_BYTES = 16 * 1024 * 1024;
    static final Duration LIFETIME = Duration.ofHours(24);

    /** @param until milliseconds since the epoch, because 100,000 {@code Instant}s would take noticeable memory */
    private record Stored(byte[] json, long until) {

        boolean hasExpired(long now) {
            return now >= until;
        }
    }

    private final InstantSource clock;
    private final int maxSessions;
    private final long maxBytes;
    private final LinkedHashMap<String, Stored> sessions = new LinkedHashMap<>();
    private long bytes;

    SessionStore() {
        this(InstantSource.system(), MAX_SESSIONS, MAX_BYTES);
    }

    SessionStore(InstantSource clock, int maxSessions, long maxBytes) {
        this.clock = clock;
        this.maxSessions = maxSessions;
        this.maxBytes = maxBytes;
    }

    /** Stores a session for 24 hours, and replaces one with the same id. The bytes must not be changed afterwards. */
    synchronized void put(String id, byte[] json) {
        var now = clock.millis();
        remove(id);
        sessions.put(id, new Stored(json, now + LIFETIME.toMillis()));
        bytes += json.length;
        for (var oldest = sessions.firstEntry(); oldest != null && mustGo(oldest.getValue(), now); oldest = sessions.firstEntry()) {
            remove(oldest.getKey());
        }
    }

    private boolean mustGo(Stored oldest, long now) {
        return sessions.size() > maxSessions || bytes > maxBytes || oldest.hasExpired(now);
    }

    /** Returns the session's JSON; empty if it never existed, has expired or was evicted. */
    synchronized Optional<byte[]> get(String id) {
        var stored = sessions.get(id);
        if (stored != null && stored.hasExpired(clock.millis())) {
            remove(id);
            stored = null;
        }
        return Optional.ofNullable(stored).map(Stored::json);
    }

    synchronized int size() {
        return sessions.size();
    }

    synchronized long bytes() {
        return bytes;
    }

    private void remove(String id) {
        var removed = sessions.remove(id);
        if (removed != null) {
            bytes -= removed.json().length;
        }
    }
}
