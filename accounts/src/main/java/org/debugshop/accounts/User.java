package org.debugshop.accounts;

import java.time.Instant;
import java.util.UUID;

/**
 * A user as the service stores it. It is no answer of any route, because it has the hash of the password.
 *
 * @param password the bcrypt hash
 */
record User(UUID id, String username, String email, String password, Instant createdAt) {

    /** Returns only the id, so that no log shows the rest. */
    @Override
    public String toString() {
        return "User " + id;
    }
}
