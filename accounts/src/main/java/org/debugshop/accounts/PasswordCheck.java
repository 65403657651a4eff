package org.debugshop.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.accounts.Refused.Reason;
import org.debugshop.defaults.Sha256;
import org.debugshop.defaults.data.Database;

/**
 * Checks a username and a password, within the {@link FailureLimit}. The same check at the same time is done once. A right password is
 * remembered for a minute, because HTTP Basic sends it with every request; it is remembered as a salted hash.
 */
@Singleton
class PasswordCheck {

    private static final Duration REMEMBERED = Duration.ofMinutes(1);
    private static final int MAX_REMEMBERED = 1_000;

    private final UserStore users;
    private final Passwords passwords;
    private final FailureLimit limit;
    private final byte[] salt = new byte[32];
    private final Cache<String, Identity> right;
    private final Map<String, Uni<Identity>> running = new ConcurrentHashMap<>();
    private final Map<Reason, Counter> failures;

    @Inject
    PasswordCheck(UserStore users, Passwords passwords, MeterRegistry registry) {
        this(users, passwords, registry, Ticker.systemTicker());
    }

    PasswordCheck(UserStore users, Passwords passwords, MeterRegistry registry, Ticker ticker) {
        this.users = users;
        this.passwords = passwords;
        this.failures = Stream.of(Reason.UNKNOWN_USER, Reason.WRONG_PASSWORD, Reason.TOO_MANY_FAILURES).collect(Collectors.toMap(
                Function.identity(),
                reason -> Counter.builder("shop.login.failures").description("Usernames and passwords that were refused")
                        .tag("outcome", reason.word()).register(registry)));
        this.limit = new FailureLimit(ticker);
        this.right = Caffeine.newBuilder().ticker(ticker).expireAfterWrite(REMEMBERED).maximumSize(MAX_REMEMBERED).build();
        new SecureRandom().nextBytes(salt);
    }

    /** Returns the user. Fails with a {@link Refused} if there is no such user, or the password is wrong, or it was tried too often. */
    Uni<Identity> check(String username, String password) {
        return limited(username, password).onFailure(Refused.class)
                .invoke(refused -> failures.get(refused.reason()).increment());
    }

    private Uni<Identity> limited(String username, String password) {
        return Uni.createFrom().deferred(() -> {
            // Names can be as long as the request, so their hashes are counted.
            var user = Sha256.hex(username.getBytes(UTF_8));
            var key = key(user, password);
            var joined = running.get(key);
            if (joined != null) {
                return Contexts.backHere(joined).onFailure(Refused.class).invoke(() -> limit.failed(user))
                        .onFailure().invoke(Database::reportAgain);
            }
            // Even a right password has to wait. Otherwise more could be tried, and the right one would be recognised.
            var wait = limit.wait(user);
            if (wait.isPresent()) {
                return Uni.createFrom().failure(Refused.tooManyFailures(wait.get()));
            }
            var known = right.getIfPresent(key);
            if (known != null) {
                return Uni.createFrom().item(known);
            }
            if (!limit.begin(user)) {
                return Uni.createFrom().failure(Refused.tooManyFailures(Duration.ofSeconds(1)));
            }
            var started = start(user, key, username, password);
            running.put(key, started);
            return Contexts.backHere(started);
        });
    }

    /** @param user the hash of the username, whose length is fixed */
    private String key(String user, String password) {
        var bytes = (user + password).getBytes(UTF_8);
        var salted = Arrays.copyOf(salt, salt.length + bytes.length);
        System.arraycopy(bytes, 0, salted, salt.length, bytes.length);
        return Sha256.hex(salted);
    }

    private Uni<Identity> start(String counted, String key, String username, String password) {
        var found = SignUp.isUsername(username) ? users.named(username) : Uni.createFrom().item(Optional.<User>empty());
        return found.flatMap(user -> passwords.matches(password, user.map(User::password)).map(same -> {
            if (!same) {
                throw new Refused(user.isPresent() ? Reason.WRONG_PASSWORD : Reason.UNKNOWN_USER);
            }
            return Identity.of(user.orElseThrow());
        })).invoke(identity -> right.put(key, identity)).onItemOrFailure().invoke((_, failure) -> {
            running.remove(key);
            // In one step, so that no other check begins between the end of this one and its failure.
            limit.end(counted, failure instanceof Refused);
        }).memoize().indefinitely();
    }
}
