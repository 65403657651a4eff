package org.debugshop.loadgenerator;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.BitSet;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * A number of concurrent users, which only changes with the factor. Each waits for an answer before its next action, so a slow service gets fewer requests. A
 * user leaves after the last action or after the first failure, and then the next user comes.
 */
final class ClosedModel implements LoadModel {

    private static final Duration LOOK = Duration.ofMillis(500);

    private final Vertx vertx;
    private final ActionRunner runner;
    private final Profile profile;
    private final LoadSettings settings;
    private final SplittableGenerator random;
    private final DoubleSupplier factor;
    /** Which users are there, by number. Guarded by this. */
    private final BitSet present = new BitSet();

    /** @param factor what the number of users is multiplied by; 0 counts as 1 */
    ClosedModel(Vertx vertx, ActionRunner runner, Profile profile, LoadSettings settings, SplittableGenerator random,
            DoubleSupplier factor) {
        this.vertx = vertx;
        this.runner = runner;
        this.profile = profile;
        this.settings = settings;
        this.random = random;
        this.factor = factor;
    }

    /** Starts the first users one after another, within one delay between users, and more when the factor rises. */
    @Override
    public void start() {
        bringUsers();
        vertx.setPeriodic(LOOK.toMillis(), _ -> bringUsers());
    }

    private int wanted() {
        return (int) Math.min(LoadSettings.MAX_USERS, Math.round(settings.users() * Math.max(1, factor.getAsDouble())));
    }

    private synchronized void bringUsers() {
        var wanted = wanted();
        for (var user = present.nextClearBit(0); user < wanted; user = present.nextClearBit(user)) {
            present.set(user);
            var number = user;
            var own = random.split();
            after(settings.delayBetweenUsers().multipliedBy(user).dividedBy(wanted), () -> come(number, own));
        }
    }

    /** Returns how many users there are. */
    synchronized int present() {
        return present.cardinality();
    }

    /** Returns whether this user stays, or lets it leave. */
    private synchronized boolean stays(int user) {
        if (user >= wanted()) {
            present.clear(user);
        }
        return present.get(user);
    }

    private void come(int user, RandomGenerator own) {
        if (stays(user)) {
            act(user, Visit.begin(profile, own), own);
        }
    }

    private void act(int user, Visit visit, RandomGenerator own) {
        runner.run(visit.next(), visit.sessionId(), succeeded -> {
            if (!succeeded || visit.isOver()) {
                after(settings.delayBetweenUsers(), () -> come(user, own));
            } else {
                after(visit.pause(settings.delayBetweenRequests()), () -> {
                    if (stays(user)) {
                        act(user, visit, own);
                    }
                });
            }
        });
    }

    /**
     * Runs a task after a delay, or in a later turn of the event loop. Without delays, a user would otherwise block the event loop
     * for all others.
     */
    private void after(Duration delay, Runnable task) {
        vertx.setTimer(Math.max(1, delay.toMillis()), _ -> task.run());
    }
}
