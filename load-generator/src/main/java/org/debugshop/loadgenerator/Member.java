package org.debugshop.loadgenerator;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** A shopper with an account: the credentials, and the token of the last log-in. Thread-safe. */
final class Member {

    /** A token that expires sooner is not used for another visit. */
    private static final Duration VISIT = Duration.ofMinutes(1);

    record SignUp(String username, String password, String email) {}

    record Credentials(String username, String password) {}

    /** The answer to a log-in; {@code expiresIn} is in seconds. */
    @RegisterForReflection
    record Token(String token, long expiresIn) {}

    record Wish(List<Integer> productIds, String currency) {}

    /** The answer to a {@link Wish}. An answer without an order or an amount cannot be read. */
    @RegisterForReflection
    record Placed(PlacedOrder order, BigDecimal amount) {

        Placed {
            Objects.requireNonNull(order, "order");
            Objects.requireNonNull(amount, "amount");
        }
    }

    @RegisterForReflection
    record PlacedOrder(String id) {}

    record Payment(String orderId, BigDecimal amount) {}

    private final String username;
    private final String password;
    private volatile String authorization;
    private volatile Instant expiry = Instant.MIN;

    Member(String username, String password) {
        this.username = username;
        this.password = password;
    }

    SignUp signUp() {
        return new SignUp(username, password, username + "@example.com");
    }

    Credentials credentials() {
        return new Credentials(username, password);
    }

    void loggedIn(Token token) {
        authorization = "Bearer " + token.token();
        expiry = Instant.now().plusSeconds(token.expiresIn());
    }

    void loggedOut() {
        expiry = Instant.MIN;
    }

    /** Returns whether the token is good for another visit. */
    boolean isLoggedIn() {
        return Instant.now().plus(VISIT).isBefore(expiry);
    }

    String authorization() {
        return authorization;
    }
}
