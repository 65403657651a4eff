package org.debugshop.accounts;

import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.UUID;

/** Stores users. Safe under concurrent use. */
interface UserStore {

    /** Adds a user, unless the username is taken. Returns whether it was added; of two at once with the same name exactly one is. */
    Uni<Boolean> add(User user);

    Uni<Optional<User>> named(String username);

    Uni<Optional<User>> withId(UUID id);

    /** Returns whether users can be stored. */
    boolean prepared();
}
