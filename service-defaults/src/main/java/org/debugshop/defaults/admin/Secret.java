package org.debugshop.defaults.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import org.debugshop.defaults.Sha256;

/** A token or a password, kept as its SHA-256 only: a comparison takes the same time whatever is offered, and no log can show it. */
public final class Secret {

    private final byte[] hash;

    public Secret(String secret) {
        this.hash = Sha256.of(secret.getBytes(UTF_8));
    }

    public boolean matches(String offered) {
        return matches(offered.getBytes(UTF_8));
    }

    /** @param offered in UTF-8, or any other bytes, which do not match */
    public boolean matches(byte[] offered) {
        return MessageDigest.isEqual(hash, Sha256.of(offered));
    }
}
