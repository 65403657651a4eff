package org.debugshop.accounts;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.debugshop.defaults.data.Database;
import org.debugshop.defaults.http.HttpError;

/**
 * The keys that this service signs and checks tokens with. It signs with {@code TOKEN_KEY}, or else with a key that it has made and that
 * all replicas share. Old keys stay until their tokens have expired, so a new key logs no user out:
 *
 * <ul>
 * <li>Before a key signs a token, it is stored with an end that is later than the token's. Until then it is part of the JWKS.
 * <li>If the newest key that was made here is older than {@code TOKEN_KEY_MAX_AGE}, the next is made. It is part of the JWKS for two
 * minutes before it signs, so that everything that caches the JWKS for a minute has it by then.
 * <li>A replica reads the keys again every minute, and when it gets a token with a key that it does not know.
 * </ul>
 */
class KeyRing {

    /** How long the JWKS may be cached. */
    static final Duration FRESH = Duration.ofMinutes(1);
    private static final Duration ACTIVATION = Duration.ofMinutes(2);
    /** So short that the first token of another replica's new key is hardly ever refused. */
    private static final Duration PAUSE = Duration.ofMillis(100);
    /** How much later than a token its key ends, so that not each token has to make it later. */
    private static final Duration SLACK = Duration.ofMinutes(10);
    private static final int ATTEMPTS = 3;

    private final SigningKeyStore store;
    private final Optional<SigningKey> own;
    private final Duration maxAge;
    private final InstantSource clock;
    private final Cached<List<SigningKey>> keys;
    private final AtomicReference<Uni<Void>> extending = new AtomicReference<>();

    /** @param own {@code TOKEN_KEY}; if it is empty, keys are made */
    KeyRing(SigningKeyStore store, Optional<SigningKey> own, Duration maxAge, InstantSource clock) {
        this(store, own, maxAge, clock, System::nanoTime);
    }

    KeyRing(SigningKeyStore store, Optional<SigningKey> own, Duration maxAge, InstantSource clock, LongSupplier nanoTime) {
        this.store = store;
        this.own = own;
        this.maxAge = maxAge;
        this.clock = clock;
        this.keys = new Cached<>(this::load, FRESH, PAUSE, nanoTime);
    }

    /** Returns the keys whose tokens may be valid, and those that are about to sign. */
    Uni<List<SigningKey>> published() {
        return keys.get().map(found -> {
            var now = clock.instant();
            var newest = found.stream().mapToInt(SigningKey::generation).max().orElse(0);
            var current = current(found).kid();
            return found.stream().filter(key -> key.expiresAt().isAfter(now) || key.kid().equals(current)
                    || own.isEmpty() && key.generation() == newest).toList();
        });
    }

    /** Finds the key of a token; empty if there is none, even after another look. */
    Uni<Optional<SigningKey>> find(String kid) {
        return keys.get().map(found -> with(kid, found)).flatMap(
                known -> known.isPresent() ? Uni.createFrom().item(known) : keys.newer().map(found -> with(kid, found)));
    }

    /** Finds the key of a token among those that are known, without another look. */
    Optional<SigningKey> known(String kid) {
        return keys.current().flatMap(found -> with(kid, found));
    }

    private static Optional<SigningKey> with(String kid, List<SigningKey> keys) {
        return keys.stream().filter(key -> key.kid().equals(kid)).findFirst();
    }

    /** Returns the key for a new token that expires at {@code end}. */
    Uni<SigningKey> signing(Instant end) {
        return signing(end, ATTEMPTS);
    }

    private Uni<SigningKey> signing(Instant end, int attempts) {
        return keys.get().map(this::current).flatMap(key -> {
            if (reaches(key, end)) {
                return Uni.createFrom().item(key);
            }
            if (attempts == 0) {
                return Uni.createFrom().failure(HttpError.unavailable("The keys for tokens are being replaced", null));
            }
            // If the key has been removed, another one is current after the next look.
            return extend(key.kid(), end.plus(SLACK)).chain(() -> signing(end, attempts - 1));
        });
    }

    /** Makes a key expire later and reads the keys again. Callers at the same time share this: the slack makes one end enough for all. */
    private Uni<Void> extend(String kid, Instant end) {
        var started = new AtomicReference<Uni<Void>>();
        started.set(store.extend(kid, end).chain(keys::now).replaceWithVoid()
                .onTermination().invoke(() -> extending.compareAndSet(started.get(), null))
                .memoize().indefinitely());
        var before = extending.compareAndExchange(null, started.get());
        return before == null ? Contexts.backHere(started.get()) : Contexts.backHere(before).onFailure().invoke(Database::reportAgain);
    }

    private static boolean reaches(SigningKey key, Instant end) {
        return !key.expiresAt().isBefore(end);
    }

    private SigningKey current(List<SigningKey> found) {
        if (own.isPresent()) {
            return with(own.get().kid(), found).map(stored -> own.get().until(stored.expiresAt())).orElse(own.get());
        }
        var active = clock.instant().minus(ACTIVATION);
        var made = found.stream().filter(key -> key.generation() > 0).sorted(Comparator.comparing(SigningKey::generation)).toList();
        return made.reversed().stream().filter(key -> !key.createdAt().isAfter(active)).findFirst().orElseGet(made::getFirst);
    }

    private Uni<List<SigningKey>> load() {
        return store.keys(clock.instant()).flatMap(found -> missing(found)
                .map(key -> store.add(key)
                        // It may be there already and have expired, if it is a TOKEN_KEY.
                        .chain(() -> store.extend(key.kid(), key.expiresAt()))
                        .chain(() -> store.keys(clock.instant())))
                .orElseGet(() -> Uni.createFrom().item(found)));
    }

    /** Returns the key that has to be added, if any. */
    private Optional<SigningKey> missing(List<SigningKey> found) {
        var now = clock.instant();
        if (own.isPresent()) {
            // It expires later than now, so that it is part of the JWKS at once.
            return with(own.get().kid(), found).isPresent()
                    ? Optional.empty()
                    : Optional.of(own.get().withoutPrivateKey().until(now.plus(SLACK)));
        }
        var newest = found.stream().max(Comparator.comparing(SigningKey::generation)).filter(key -> key.generation() > 0);
        return newest.isPresent() && newest.get().createdAt().plus(maxAge).isAfter(now)
                ? Optional.empty()
                : Optional.of(Keys.generate(newest.map(SigningKey::generation).orElse(0) + 1, now));
    }

    /** Reads the keys if there are none yet, or if they are old. It is called all the time. */
    void refresh() {
        keys.get().subscribe().with(_ -> {}, _ -> {});
    }

    /** Returns whether tokens can be signed and checked. */
    boolean prepared() {
        return keys.last().isPresent();
    }
}
