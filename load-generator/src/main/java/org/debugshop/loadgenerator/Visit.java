package org.debugshop.loadgenerator;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** The remaining actions of one user. Used by one thread at a time; the scheduling of the next action passes it on safely. */
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

    /** Returns the id that groups this user's actions: {@code session.id} of the OpenTelemetry semantic conventions. */
    String sessionId() {
        return sessionId;
    }

    boolean isOver() {
        return done == actions.size();
    }

    /** Returns the pause before the next action: the action's own, or the usual one. Must not be called after the last action. */
    Duration pause(Duration usual) {
        return actions.get(done).pause().orElse(usual);
    }

    /** Returns the next action. Must not be called after the last action. */
    Action next() {
        return actions.get(done++);
    }
}
