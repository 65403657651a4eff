package org.debugshop.accounts;

import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;

/** Stores the keys that all replicas share. Safe under concurrent use. */
interface SigningKeyStore {

    /** Returns the keys whose tokens may still be valid, and the two newest that were made here. Removes others after a day. */
    Uni<List<SigningKey>> keys(Instant now);

    /** Adds a key, unless it is there, or another replica has added one of this generation. */
    Uni<Void> add(SigningKey key);

    /** Makes a key expire at this time or later. Returns whether it is there. */
    Uni<Boolean> extend(String kid, Instant end);
}
