package org.debugshop.launcher.console;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;

/**
 * What fails now and why, as the console's {@code /api/incidents} shows it. The names are those of the JSON.
 *
 * @param state {@code learning}, {@code healthy} or {@code failing}
 * @param incidents those that are active, then those that have ended, the newest first
 * @param json the console's JSON
 */
public record Diagnosis(String state, String sentence, List<Incident> incidents, String json) {

    /**
     * A failure that users see, or saw.
     *
     * @param ended null while it is active
     * @param suspects the most likely first
     * @param common what the failing requests have in common
     * @param next what to check
     * @param traces ids of examples, the newest first
     */
    public record Incident(String id, boolean active, String began, String ended, String sentence, List<Symptom> symptoms,
            List<Suspect> suspects, List<Common> common, List<Change> changes, List<String> next, List<String> traces) {}

    public record Symptom(String component, String operation, String sentence) {}

    /**
     * Where an incident may start.
     *
     * @param component null if it is the load
     * @param path from there to where users see it
     */
    public record Suspect(String component, double confidence, String sentence, List<String> path, List<Evidence> evidence) {}

    /** @param supports whether it is evidence for the suspect, or against it */
    public record Evidence(String sentence, boolean supports) {}

    /** How many of the failing and of the good requests have an attribute with this value. */
    public record Common(String attribute, String value, long failing, long of_failing, long good, long of_good) {}

    /**
     * Something that changed around the begin of an incident.
     *
     * @param cause whether it is likely the cause
     * @param reason why it is the cause, or why it is not
     */
    public record Change(String at, String sentence, boolean cause, String reason) {}

    static Diagnosis parse(String text) throws IOException {
        var read = JSON.std.beanFrom(Diagnosis.class, text);
        return new Diagnosis(read.state, read.sentence, read.incidents, text);
    }
}
