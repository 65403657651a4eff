package org.debugshop.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quarkus.elytron.security.common.BcryptUtil;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.core.WorkerExecutor;
import jakarta.inject.Singleton;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.debugshop.defaults.Sha256;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Hashes and checks passwords with bcrypt, which takes about a tenth of a second of CPU on purpose. It runs on threads of its own. If
 * too much work waits for them, more is refused with a 503.
 *
 * <p>bcrypt ignores what exceeds 72 bytes, and passwords may be longer, so it gets the SHA-256 of a password instead, in base64
 * because it also stops at a zero byte.
 */
@Singleton
class Passwords {

    private static final int THREADS = 2;
    /** What may be in work or wait, so that the last waits about a second. */
    private static final int MAX_WAITING = 16;

    private final WorkerExecutor threads;
    private final int cost;
    private final AtomicInteger waiting = new AtomicInteger();
    /** The hash that is checked for unknown users, so that their answer takes as long. */
    private volatile String dummy;

    Passwords(Vertx vertx, @ConfigProperty(name = "shop.password.cost") int cost) {
        if (cost < 4 || cost > 16) {
            throw new IllegalArgumentException("PASSWORD_COST must be from 4 to 16, not " + cost);
        }
        this.threads = vertx.createSharedWorkerExecutor("passwords", THREADS);
        this.cost = cost;
        threads.executeBlocking(this::dummy, false).subscribe().with(_ -> {});
    }

    Uni<String> hash(String password) {
        return run(() -> bcrypt(password));
    }

    /**
     * Returns whether the password belongs to the hash.
     *
     * @param hash the hash of a user; empty if there is no such user, which takes the same time and is never right
     */
    Uni<Boolean> matches(String password, Optional<String> hash) {
        return run(() -> {
            var same = BcryptUtil.matches(shortened(password), hash.orElseGet(this::dummy));
            return same && hash.isPresent();
        });
    }

    private String dummy() {
        if (dummy == null) {
            dummy = bcrypt("nobody's password");
        }
        return dummy;
    }

    private String bcrypt(String password) {
        return BcryptUtil.bcryptHash(shortened(password), cost);
    }

    private static String shortened(String password) {
        return Base64.getEncoder().encodeToString(Sha256.of(password.getBytes(UTF_8)));
    }

    private <T> Uni<T> run(Callable<T> work) {
        return Uni.createFrom().deferred(() -> {
            if (waiting.incrementAndGet() > MAX_WAITING) {
                waiting.decrementAndGet();
                return Uni.createFrom().failure(HttpError.unavailable("Too many passwords are being checked at the moment", null));
            }
            return threads.executeBlocking(() -> {
                try {
                    return work.call();
                } finally {
                    waiting.decrementAndGet();
                }
            }, false);
        });
    }
}
