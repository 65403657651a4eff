package org.debugshop.accounts;

import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keys in memory. A restart makes a new one. */
class MemoryKeys implements SigningKeyStore {

    private final Map<String, SigningKey> keys = new LinkedHashMap<>();

    @Override
    public Uni<List<SigningKey>> keys(Instant now) {
        return Uni.createFrom().item(() -> {
            synchronized (keys) {
                var newest = keys.values().stream().mapToInt(SigningKey::generation).max().orElse(0);
                keys.values().removeIf(key -> key.expiresAt().isBefore(now) && key.generation() < newest - 1);
                return List.copyOf(keys.values());
            }
        });
    }

    @Override
    public Uni<Void> add(SigningKey key) {
        return Uni.createFrom().item(() -> {
            synchronized (keys) {
                keys.putIfAbsent(key.kid(), key);
            }
            return null;
        });
    }

    @Override
    public Uni<Boolean> extend(String kid, Instant end) {
        return Uni.createFrom().item(() -> {
            synchronized (keys) {
                return keys.computeIfPresent(kid, (_, key) -> key.expiresAt().isBefore(end) ? key.until(end) : key) != null;
            }
        });
    }
}
