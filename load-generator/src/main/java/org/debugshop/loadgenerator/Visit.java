package org.debugshop.loadgenerator;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** What one user has done and is still to do. Used by one thread at a time, handed on by way of what schedules the next action. */
final class Visit {

    private final String sessionId;
    private final List<Action> actions;
    private int done;

    private Visit(String sessionId, List<Action> actions) {
        this.sessionId = sessionId;
        this.actions = actions;
    }

    static Visit begin(Profile profile, RandomGenerator random) {
        return new Visit(new UUID(random.nextLong(), random.nextLong()).toString(), profile.visit(random));
    }

    /** @return what ties the actions of this user together: {@code session.id} of the OpenTelemetry semantic conventions */
    String sessionId() {
        return sessionId;
    }

    boolean isOver() {
        return done == actions.size();
    }

    /** @return how long the user waits before the next action, the given time unless the action has its own; only while not over */
    Duration pause(Duration usual) {
        return actions.get(done).pause().orElse(usual);
    }

    /** Only while not over. */
    Action next() {
        return actions.get(done++);
    }
}
