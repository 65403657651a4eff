package org.debugshop.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.debugshop.accounts.Refused.Reason;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PasswordCheckTest {

    private static final String PASSWORD = "correct horse battery";

    private final Vertx vertx = Vertx.vertx();
    private final Time time = new Time();
    private final AtomicInteger looks = new AtomicInteger();
    private final MemoryUsers users = new MemoryUsers() {
        @Override
        public Uni<Optional<User>> named(String username) {
            looks.incrementAndGet();
            return super.named(username);
        }
    };
    private final Passwords passwords = new Passwords(vertx, 4);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final PasswordCheck check = new PasswordCheck(users, passwords, registry, time::nanos);
    private User alice;

    @BeforeEach
    void signUp() {
        alice = new User(UUID.randomUUID(), "alice", "a@example.com", get(passwords.hash(PASSWORD)), Instant.EPOCH);
        assertThat(get(users.add(alice))).isTrue();
    }

    @AfterEach
    void close() {
        vertx.closeAndAwait();
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(60));
    }

    private void mustBeRefused(String username, String password, Reason reason) {
        assertThatThrownBy(() -> get(check.check(username, password))).isInstanceOfSatisfying(Refused.class,
                refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    @Test
    void shouldRememberARightPasswordForAMinuteAndNoOther() {
        assertThat(get(check.check("alice", PASSWORD))).isEqualTo(Identity.of(alice));
        time.pass(Duration.ofSeconds(59));
        assertThat(get(check.check("alice", PASSWORD))).isEqualTo(Identity.of(alice));
        assertThat(looks).hasValue(1);
        mustBeRefused("alice", PASSWORD + "x", Reason.WRONG_PASSWORD);
        mustBeRefused("alice", PASSWORD + "x", Reason.WRONG_PASSWORD);
        assertThat(looks).hasValue(3);

        time.pass(Duration.ofSeconds(1));
        assertThat(get(check.check("alice", PASSWORD))).isEqualTo(Identity.of(alice));
        assertThat(looks).hasValue(4);
    }

    /** Otherwise whoever has no more attempts could still find out which password is remembered. */
    @Test
    void shouldRefuseEvenARememberedPasswordAfterTenFailures() {
        get(check.check("alice", PASSWORD));
        for (var i = 0; i < 10; i++) {
            mustBeRefused("alice", "wrong " + i, Reason.WRONG_PASSWORD);
        }
        mustBeRefused("alice", PASSWORD, Reason.TOO_MANY_FAILURES);
        mustBeRefused("alice", "wrong", Reason.TOO_MANY_FAILURES);
        time.pass(Duration.ofMinutes(1));
        assertThat(get(check.check("alice", PASSWORD))).isEqualTo(Identity.of(alice));

        assertThat(counted("wrong_password")).isEqualTo(10);
        assertThat(counted("too_many_failures")).isEqualTo(2);
        assertThat(counted("unknown_user")).isZero();
    }

    private double counted(String outcome) {
        return registry.get("shop.login.failures").tag("outcome", outcome).counter().count();
    }

    @Test
    void shouldLimitUnknownUsersInTheSameWay() {
        for (var i = 0; i < 10; i++) {
            mustBeRefused("nobody", "wrong " + i, Reason.UNKNOWN_USER);
        }
        mustBeRefused("nobody", PASSWORD, Reason.TOO_MANY_FAILURES);
    }

    @Test
    void shouldDoTheSameCheckAtTheSameTimeOnce() {
        var checks = IntStream.range(0, 50).mapToObj(_ -> check.check("alice", PASSWORD)).toList();
        assertThat(get(Uni.join().all(checks).andFailFast())).hasSize(50).containsOnly(Identity.of(alice));
        assertThat(looks).hasValueLessThan(50);
    }

    @Test
    void shouldNotCountAFailureOfTheStore() {
        var away = new PasswordCheck(new MemoryUsers() {
            @Override
            public Uni<Optional<User>> named(String username) {
                return Uni.createFrom().failure(HttpError.unavailable("It is away", null));
            }
        }, passwords, registry, time::nanos);
        for (var i = 0; i < 20; i++) {
            assertThatThrownBy(() -> get(away.check("alice", PASSWORD))).isInstanceOf(HttpError.class);
        }
    }

    @Test
    void shouldTakeAsLongForAnUnknownUser() {
        var slow = new Passwords(vertx, 10);
        var hash = get(slow.hash(PASSWORD));
        var known = Long.MAX_VALUE;
        var unknown = Long.MAX_VALUE;
        // In turns, so that a disturbance of the machine affects both.
        for (var i = 0; i < 6; i++) {
            known = Math.min(known, nanos(slow, Optional.of(hash)));
            unknown = Math.min(unknown, nanos(slow, Optional.empty()));
        }
        // Without the work for unknown users, it would be one in a thousand.
        assertThat((double) unknown / known).isBetween(0.25, 4.0);
    }

    private static long nanos(Passwords passwords, Optional<String> hash) {
        var start = System.nanoTime();
        assertThat(get(passwords.matches("wrong", hash))).isFalse();
        return System.nanoTime() - start;
    }

    @Test
    void shouldNeverMatchAnUnknownUser() {
        assertThat(get(passwords.matches("nobody's password", Optional.empty()))).isFalse();
    }

    @Test
    void shouldRefuseMoreWorkThanItCanDoInAboutASecond() {
        var slow = new Passwords(vertx, 10);
        var outcomes = new ArrayList<Uni<Optional<Throwable>>>();
        for (var i = 0; i < 40; i++) {
            outcomes.add(slow.hash(PASSWORD).map(_ -> Optional.<Throwable>empty()).onFailure().recoverWithItem(Optional::of).memoize()
                    .indefinitely());
            outcomes.getLast().subscribe().with(_ -> {});
        }
        var refused = outcomes.stream().map(PasswordCheckTest::get).flatMap(Optional::stream).map(HttpError.class::cast).toList();

        assertThat(refused).hasSizeBetween(1, 24).allSatisfy(error -> {
            assertThat(error.status()).isEqualTo(503);
            assertThat(error.getResponse().getHeaderString("Retry-After")).isEqualTo("1");
        });
        assertThat(get(slow.hash(PASSWORD))).startsWith("$2");
    }
}
