package org.debugshop.defaults.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import org.debugshop.defaults.Sha256;

/** A token or password, stored only as its SHA-256. A comparison takes the same time for any input, and no log can show the secret. */
public final class Secret {

    private final byte[] hash;

    public Secret(String secret) {
        this.hash = Sha256.of(secret.getBytes(UTF_8));
    }

    public boolean matches(String offered) {
        return matches(offered.getBytes(UTF_8));
    }

    /** @param offered UTF-8 or any other bytes; other bytes don't match */
    public boolean matches(byte[] offered) {
        return MessageDigest.isEqual(hash, Sha256.of(offered));
    }
}
