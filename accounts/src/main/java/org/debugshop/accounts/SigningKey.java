package org.debugshop.accounts;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Optional;

/**
 * A key for tokens.
 *
 * @param kid the thumbprint of the public key (RFC 7638)
 * @param algorithm {@code ES256} or {@code RS256}
 * @param privateKey empty if it is the {@code TOKEN_KEY} of another replica, or of an earlier one
 * @param generation the number of a key that was made here; 0 for a {@code TOKEN_KEY}
 * @param expiresAt later than the end of each token that was signed with it
 */
record SigningKey(String kid, String algorithm, PublicKey publicKey, Optional<PrivateKey> privateKey, int generation, Instant createdAt,
        Instant expiresAt) {

    SigningKey until(Instant end) {
        return new SigningKey(kid, algorithm, publicKey, privateKey, generation, createdAt, end);
    }

    SigningKey of(int newGeneration, Instant created) {
        return new SigningKey(kid, algorithm, publicKey, privateKey, newGeneration, created, created);
    }

    /** Returns the key without the private part, which is not kept with a {@code TOKEN_KEY}. */
    SigningKey withoutPrivateKey() {
        return new SigningKey(kid, algorithm, publicKey, Optional.empty(), generation, createdAt, expiresAt);
    }

    @Override
    public String toString() {
        return algorithm + " key " + kid;
    }
}
