package org.debugshop.instabookcache;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state of the cache: the booking sessions and the token switch. {@link MemoryState} is for a single process. With
 * {@link RedisState}, all replicas share the state.
 */
interface CacheState {

    /** How many changes of the switch are kept. */
    int MAX_CHANGES = 20;

    /** @param changedBy {@code page} or {@code api} */
    @RegisterForReflection
    record Change(boolean enabled, Instant changedAt, String changedBy) {}

    /**
     * Stores a session for {@link SessionStore#LIFETIME}, and replaces one with the same id. The bytes must not be changed
     * afterwards.
     */
    Uni<Void> put(String id, byte[] json);

    /** Returns the session's JSON; empty if it never existed, has expired or was evicted. */
    Uni<Optional<byte[]>> get(String id);

    /** Returns the changes of the switch, newest first, at most {@link #MAX_CHANGES}. If there are none, the switch is on. */
    Uni<List<Change>> changes();

    /** Returns the newest of {@link #changes()}. */
    Uni<Optional<Change>> newestChange();

    /**
     * Sets or toggles the switch atomically: of two concurrent toggles, one turns it off and the other on again.
     *
     * @param enabled the new state; empty to toggle
     * @return the change; empty if the switch already had that state
     */
    Uni<Optional<Change>> change(Optional<Boolean> enabled, Instant at, String by);
}
