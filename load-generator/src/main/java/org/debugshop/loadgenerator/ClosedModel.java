package org.debugshop.loadgenerator;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * So many users at once, each of which waits for an answer before going on: a slow service is asked less. When a user leaves,
 * after the last action or the first that failed, the next one comes.
 */
record ClosedModel(Vertx vertx, ActionRunner runner, Profile profile, LoadSettings settings,
        SplittableGenerator random) implements LoadModel {

    /** The first users come one by one, within one delay between users. */
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

    /** Never at once: without delays a user would go round and round on one event loop, and no other would have a turn. */
    private void after(Duration delay, Runnable task) {
        vertx.setTimer(Math.max(1, delay.toMillis()), _ -> task.run());
    }
}
