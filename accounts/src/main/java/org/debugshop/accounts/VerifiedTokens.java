package org.debugshop.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.security.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.debugshop.defaults.Sha256;

/**
 * Remembers tokens whose signature was right, because a check of a signature takes several times as long as the rest of a request. A
 * token is remembered for a minute, by its SHA-256. What may change meanwhile is checked with each request: its key here, and its time by
 * the caller. Safe under concurrent use.
 */
final class VerifiedTokens {

    /** As long as a right password, see {@link PasswordCheck}. */
    static final Duration REMEMBERED = Duration.ofMinutes(1);
    static final int MAX = 5_000;

    /**
     * What is remembered of a token.
     *
     * @param end the claim {@code exp}
     * @param key the key that has signed it
     * @param currentKey returns the key that has the {@code kid} of the token now; empty if it has been removed
     */
    record Verified(Identity identity, Instant end, Key key, Supplier<Optional<? extends Key>> currentKey) {

        private boolean hasItsKey() {
            return currentKey.get().filter(key::equals).isPresent();
        }
    }

    private final Cache<String, Verified> tokens;

    VerifiedTokens(Ticker ticker) {
        this.tokens = Caffeine.newBuilder().ticker(ticker).expireAfterWrite(REMEMBERED).maximumSize(MAX).build();
    }

    /** Returns what is remembered of a token, unless its key is another one by now, or none. */
    Optional<Verified> find(String token) {
        return Optional.ofNullable(tokens.getIfPresent(hash(token))).filter(Verified::hasItsKey);
    }

    void add(String token, Verified verified) {
        tokens.put(hash(token), verified);
    }

    private static String hash(String token) {
        return Sha256.hex(token.getBytes(UTF_8));
    }

    /** Returns how many tokens are remembered. */
    long size() {
        tokens.cleanUp();
        return tokens.estimatedSize();
    }
}
