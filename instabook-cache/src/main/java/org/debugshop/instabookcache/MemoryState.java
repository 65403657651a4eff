package org.debugshop.instabookcache;

import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/** Keeps everything in the memory of this process, until the process ends. */
final class MemoryState implements CacheState {

    private final SessionStore sessions = new SessionStore();
    private final ArrayDeque<Change> changes = new ArrayDeque<>(MAX_CHANGES);

    @Override
    public Uni<Void> put(String id, byte[] json) {
        sessions.put(id, json);
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Optional<byte[]>> get(String id) {
        return Uni.createFrom().item(sessions.get(id));
    }

    @Override
    public Uni<List<Change>> changes() {
        synchronized (changes) {
            return Uni.createFrom().item(List.copyOf(changes));
        }
    }

    @Override
    public Uni<Optional<Change>> newestChange() {
        synchronized (changes) {
            return Uni.createFrom().item(Optional.ofNullable(changes.peekFirst()));
        }
    }

    @Override
    public Uni<Optional<Change>> change(Optional<Boolean> enabled, Instant at, String by) {
        synchronized (changes) {
            var is = changes.isEmpty() || changes.getFirst().enabled();
            var wanted = enabled.orElse(!is);
            if (wanted == is) {
                return Uni.createFrom().item(Optional.empty());
            }
            if (changes.size() == MAX_CHANGES) {
                changes.removeLast();
            }
            changes.addFirst(new Change(wanted, at, by));
            return Uni.createFrom().item(Optional.of(changes.getFirst()));
        }
    }
}
