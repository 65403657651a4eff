package org.debugshop.launcher.console;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;

/**
 * An incident game, as the console shows it.
 *
 * @param seed repeats the game
 * @param state {@code running}, {@code solved}, {@code given_up} or {@code expired}
 * @param answer null while the game runs
 * @param json the console's JSON
 */
public record Incident(long seed, String state, double seconds, List<String> components, List<String> kinds, List<Guess> guesses,
        Answer answer, String json) {

    /** @param sentence how close it is */
    public record Guess(String component, String kind, String closeness, String sentence, double seconds) {}

    /** What was broken. */
    public record Answer(String id, String title, String component, String kind, List<String> path, String answer, List<String> hints,
            List<String> sources, FaultView.Symptom symptom) {}

    static Incident parse(String text) throws IOException {
        var read = JSON.std.beanFrom(Incident.class, text);
        return new Incident(read.seed, read.state, read.seconds, read.components, read.kinds, read.guesses, read.answer, text);
    }

    public boolean isRunning() {
        return state.equals("running");
    }

    public boolean isSolved() {
        return state.equals("solved");
    }
}
