package org.debugshop.instabookcache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A token or a password, kept as its SHA-256 only: comparing takes the same time whatever is offered, and nothing can log it. */
final class Secret {

    private final byte[] hash;

    Secret(String secret) {
        this.hash = sha256(secret);
    }

    boolean matches(String offered) {
        return MessageDigest.isEqual(hash, sha256(offered));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
