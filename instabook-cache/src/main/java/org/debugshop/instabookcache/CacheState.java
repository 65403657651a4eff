package org.debugshop.instabookcache;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the cache keeps: the booking sessions and the state of the token switch. {@link MemoryState} is for one process;
 * with {@link RedisState} all replicas keep the same.
 */
interface CacheState {

    /** How many changes of the switch are remembered. */
    int MAX_CHANGES = 20;

    /** @param changedBy {@code page} or {@code api} */
    @RegisterForReflection
    record Change(boolean enabled, Instant changedAt, String changedBy) {}

    /** Keeps a session for {@link SessionStore#LIFETIME}, in place of one with the same id. The bytes must not be changed afterwards. */
    Uni<Void> put(String id, byte[] json);

    /** @return the session's JSON; empty when it never was, has expired or had to make room */
    Uni<Optional<byte[]>> get(String id);

    /** @return the changes of the switch, newest first, at most {@link #MAX_CHANGES}; without any it is on */
    Uni<List<Change>> changes();

    /** @return the newest of {@link #changes()} */
    Uni<Optional<Change>> newestChange();

    /**
     * Turns the switch, in one step: of two who toggle at once, one turns it off and the other on again.
     *
     * @param enabled what it should be; empty for what it is not
     * @return the change; empty when it was so already
     */
    Uni<Optional<Change>> change(Optional<Boolean> enabled, Instant at, String by);
}
