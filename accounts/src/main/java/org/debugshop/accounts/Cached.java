package org.debugshop.accounts;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.debugshop.defaults.data.Database;

/**
 * A value that is loaded from elsewhere. If a load fails, the last value stays. There is one load at a time, which all callers share, and
 * so they do its failure. Safe under concurrent use.
 */
final class Cached<T> {

    private record Loaded<T>(T value, long time) {}

    private final Supplier<Uni<T>> load;
    private final Duration fresh;
    private final Duration pause;
    private final LongSupplier nanoTime;
    private final AtomicReference<Uni<T>> running = new AtomicReference<>();
    private volatile Optional<Loaded<T>> loaded = Optional.empty();
    /** When the last load ended, and how if it failed. */
    private volatile long ended;
    private volatile Optional<Throwable> failure = Optional.empty();

    /**
     * Creates it without a value.
     *
     * @param fresh the age from which the value is loaded again
     * @param pause the shortest time between the end of a load and the next
     */
    Cached(Supplier<Uni<T>> load, Duration fresh, Duration pause, LongSupplier nanoTime) {
        this.load = load;
        this.fresh = fresh;
        this.pause = pause;
        this.nanoTime = nanoTime;
        this.ended = nanoTime.getAsLong() - pause.toNanos();
    }

    /** Returns the last value, if there is one. */
    Optional<T> last() {
        return loaded.map(Loaded::value);
    }

    /** Returns the value, if there is one. Loads it again in the background if it is old. */
    Optional<T> current() {
        var found = loaded;
        if (found.isPresent() && nanoTime.getAsLong() - found.get().time > fresh.toNanos()) {
            newer().subscribe().with(_ -> {}, _ -> {});
        }
        return found.map(Loaded::value);
    }

    /** Returns the value. Loads it before if there is none, and in the background if it is old. Fails only if there is none. */
    Uni<T> get() {
        return Uni.createFrom().deferred(() -> current().map(value -> Uni.createFrom().item(value)).orElseGet(this::newer));
    }

    /** Loads the value again, unless that was done just now. Fails if this or the last load fails. */
    Uni<T> newer() {
        return Uni.createFrom().deferred(() -> {
            var shared = running.get();
            if (shared == null && nanoTime.getAsLong() - ended < pause.toNanos()) {
                return failure.isPresent()
                        ? Uni.createFrom().<T>failure(failure.get()).onFailure().invoke(Database::reportAgain)
                        : Uni.createFrom().item(loaded.get().value);
            }
            return shared == null ? now() : Contexts.backHere(shared).onFailure().invoke(Database::reportAgain);
        });
    }

    /** Loads the value again, after the load that is running. */
    Uni<T> now() {
        return Uni.createFrom().deferred(() -> {
            var started = new AtomicReference<Uni<T>>();
            started.set(Uni.createFrom().<T>deferred(() -> load.get()).onItemOrFailure().invoke((value, thrown) -> {
                if (thrown == null) {
                    loaded = Optional.of(new Loaded<>(value, nanoTime.getAsLong()));
                }
                failure = Optional.ofNullable(thrown);
                ended = nanoTime.getAsLong();
                running.compareAndSet(started.get(), null);
            }).memoize().indefinitely());
            var before = running.compareAndExchange(null, started.get());
            return before == null
                    ? Contexts.backHere(started.get())
                    : Contexts.backHere(before).onItemOrFailure().transformToUni((_, _) -> now());
        });
    }
}
