package org.debugshop.loadgenerator;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * A fixed number of concurrent users. Each waits for an answer before its next action, so a slow service gets fewer requests. A
 * user leaves after the last action or after the first failure, and then the next user comes.
 */
record ClosedModel(Vertx vertx, ActionRunner runner, Profile profile, LoadSettings settings,
        SplittableGenerator random) implements LoadModel {

    /** Starts the first users one after another, within one delay between users. */
    @Override
    public void start() {
        for (var user = 0; user < settings.users(); user++) {
            var own = random.split();
            after(settings.delayBetweenUsers().multipliedBy(user).dividedBy(settings.users()), () -> come(own));
        }
    }

    private void come(RandomGenerator own) {
        act(Visit.begin(profile, own), own);
    }

    private void act(Visit visit, RandomGenerator own) {
        runner.run(visit.next(), visit.sessionId(), succeeded -> {
            if (succeeded && !visit.isOver()) {
                after(visit.pause(settings.delayBetweenRequests()), () -> act(visit, own));
            } else {
                after(settings.delayBetweenUsers(), () -> come(own));
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
