package org.debugshop.defaults.controls;

import io.quarkus.logging.Log;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A fault of this service: a cause of a failure that can be switched on. {@link Controls} switches it. A service declares its faults in
 * one class, {@code Faults}, and asks them where they change what it does.
 *
 * <p>It is always off at first. All methods may be called by any thread, and {@link #isOn} and {@link #strikes} only read a field.
 */
public final class Fault {

    /**
     * What a fault does at the moment when it is switched, if it is more than a different behaviour of the code: it holds a lock, or
     * removes an index. Both methods return at once, may be called again after a failure, and are never called at the same time.
     */
    public interface Effect {

        /** Begins. @param strength as in {@link Fault#strength} */
        Uni<Void> begin(double strength);

        /**
         * Ends it and repairs what it has left. It is also called at startup, because the process before may have been killed while the
         * fault was on; then there may be nothing to repair.
         */
        Uni<Void> end();
    }

    /** After this time an effect has failed. Some statements of a database may take minutes. */
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final double OFF = 0;
    /** Nothing is known about what the process before has left. */
    private static final double UNKNOWN = Double.NaN;

    private final String id;
    private final double usual;
    private final Runnable changed;
    private volatile double strength = OFF;

    // What follows is guarded by this.
    private Effect effect;
    /** What the effect is meant to be; the same as {@link #strength}. */
    private double wanted = OFF;
    /** What the effect is. */
    private double reached = OFF;
    /** Whether it is known what is wanted. Until then the effect neither begins nor ends. */
    private boolean decided;
    private boolean busy;
    private String problem;

    /**
     * @param usual the strength if none is given
     * @param changed is called after each change of {@link #reached} and {@link #problem}, without a lock
     */
    Fault(String id, double usual, Runnable changed) {
        if (!(usual > 0)) {
            throw new IllegalArgumentException("The strength of " + id + " must be positive");
        }
        this.id = id;
        this.usual = usual;
        this.changed = changed;
    }

    public boolean isOn() {
        return strength != OFF;
    }

    /** Returns the strength, in the unit that the fault's description gives; 0 while it is off. */
    public double strength() {
        return strength;
    }

    /** Returns whether it hits this time, for a fault whose strength is a share. It never does while it is off. */
    public boolean strikes() {
        var share = strength;
        return share != OFF && ThreadLocalRandom.current().nextDouble() < share;
    }

    /** Adds what happens when it is switched. @throws IllegalStateException if it has an effect already */
    public Fault with(Effect newEffect) {
        synchronized (this) {
            if (effect != null) {
                throw new IllegalStateException("The fault " + id + " has an effect already");
            }
            effect = newEffect;
            reached = UNKNOWN;
        }
        converge();
        return this;
    }

    String id() {
        return id;
    }

    double usual() {
        return usual;
    }

    /** Switches it. @param newStrength 0 for off */
    void set(double newStrength) {
        synchronized (this) {
            strength = newStrength;
            wanted = newStrength;
            decided = true;
        }
        converge();
    }

    /** Returns what is applied: 0 if it is off, NaN if that is not known. */
    synchronized double reached() {
        return reached;
    }

    /** Returns why the effect could not begin or end; null if there is no trouble. */
    synchronized String problem() {
        return problem;
    }

    private void converge() {
        Uni<Void> step;
        double target;
        synchronized (this) {
            if (!decided || busy || wanted == reached) {
                return;
            }
            target = wanted;
            busy = true;
            step = effect == null ? Uni.createFrom().voidItem() : next(target);
        }
        step.ifNoItem().after(LONGEST).fail().subscribe().with(_ -> arrived(target, null), failure -> arrived(UNKNOWN, failure));
    }

    private Uni<Void> next(double target) {
        var own = effect;
        return Uni.createFrom().deferred(() -> target == OFF ? own.end() : own.begin(target));
    }

    private void arrived(double state, Throwable failure) {
        boolean again;
        synchronized (this) {
            busy = false;
            reached = state;
            problem = failure == null ? null : String.valueOf(failure.getMessage());
            // After a failure, the next call of set() is the next attempt.
            again = failure == null && wanted != reached;
        }
        if (failure != null) {
            Log.debug("A control could not be applied", failure);
        }
        changed.run();
        if (again) {
            converge();
        }
    }
}
