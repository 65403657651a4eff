package org.debugshop.accounts;

import io.smallrye.mutiny.Uni;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.debugshop.defaults.http.HttpError;

/**
 * Users in memory, at most 10,000. None is removed to make room for another, because a username must not change hands while tokens
 * of its first owner are valid.
 */
class MemoryUsers implements UserStore {

    private static final int MAX_USERS = 10_000;

    private final int maxUsers;
    private final Map<String, User> byName = new HashMap<>();
    private final Map<UUID, User> byId = new HashMap<>();

    MemoryUsers() {
        this(MAX_USERS);
    }

    MemoryUsers(int maxUsers) {
        this.maxUsers = maxUsers;
    }

    @Override
    public Uni<Boolean> add(User user) {
        return Uni.createFrom().item(() -> {
            synchronized (byName) {
                if (byName.containsKey(user.username())) {
                    return false;
                }
                if (byName.size() == maxUsers) {
                    throw HttpError.unavailable("There is no room for more users in memory", null);
                }
                byName.put(user.username(), user);
                byId.put(user.id(), user);
                return true;
            }
        });
    }

    @Override
    public Uni<Optional<User>> named(String username) {
        return Uni.createFrom().item(() -> {
            synchronized (byName) {
                return Optional.ofNullable(byName.get(username));
            }
        });
    }

    @Override
    public Uni<Optional<User>> withId(UUID id) {
        return Uni.createFrom().item(() -> {
            synchronized (byName) {
                return Optional.ofNullable(byId.get(id));
            }
        });
    }

    @Override
    public boolean prepared() {
        return true;
    }
}
