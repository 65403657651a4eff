package org.debugshop.console.diagnosis;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A failure of the system, as the console sees it.
 *
 * @param suspects where it may start, the most likely first; empty if the evidence names nobody
 */
public record Incident(String id, boolean active, Instant began, @Schema(nullable = true) Instant ended, String sentence,
        List<Symptom> symptoms, List<Suspect> suspects, List<Common> common, List<Change> changes,
        @Schema(description = "What to look at next") List<String> next,
        @Schema(description = "The ids of some failing or slow traces, the newest first") List<String> traces) {

    /** What is measured. */
    public enum Measure {
        @JsonProperty("errors")
        ERRORS, @JsonProperty("latency")
        LATENCY, @JsonProperty("traffic")
        TRAFFIC, @JsonProperty("lag")
        LAG, @JsonProperty("saturation")
        SATURATION, @JsonProperty("figures")
        FIGURES, @JsonProperty("missing")
        MISSING, @JsonProperty("logs")
        LOGS
    }

    /** What kind of component it is. */
    public enum Type {
        @JsonProperty("service")
        SERVICE, @JsonProperty("database")
        DATABASE, @JsonProperty("topic")
        TOPIC,
        /** The requests from outside: no component is at fault. */
        @JsonProperty("load")
        LOAD
    }

    /** What is wrong with a component. */
    public enum Kind {
        @JsonProperty("errors")
        ERRORS, @JsonProperty("latency")
        LATENCY, @JsonProperty("load")
        LOAD, @JsonProperty("configuration")
        CONFIGURATION, @JsonProperty("lock")
        LOCK, @JsonProperty("saturation")
        SATURATION, @JsonProperty("messages")
        MESSAGES, @JsonProperty("data")
        DATA
    }

    /** What users, or consumers of messages, notice. @param operation null if it concerns the whole component */
    @Schema(name = "Symptom")
    public record Symptom(String component, @Schema(nullable = true) String operation, Measure measure, double before, double now,
            @Schema(description = "share, ms, /s, or empty") String unit, long requests, Instant began, String sentence) {}

    /** An observation for or against a suspect. @param link a page of the console that shows it; null if there is none */
    @Schema(name = "DiagnosisEvidence")
    public record Evidence(String sentence, boolean supports, @Schema(nullable = true) String link) {}

    /**
     * Where the failure may start.
     *
     * @param component null if the load is the cause, and no component
     * @param confidence from 0 to 1: its part of what the failing requests are blamed on
     * @param path from the component to where users see the failure, both included
     */
    @Schema(name = "Suspect")
    public record Suspect(@Schema(nullable = true) String component, Type type, Kind kind, double confidence, String sentence,
            List<String> path, List<Evidence> evidence) {}

    /** What failing requests share, and good ones do not. */
    @Schema(name = "CommonValue")
    public record Common(String attribute, String value, int failing, int ofFailing, int good, int ofGood) {}

    /** Something that happened near the start, whether or not it is the cause. */
    @Schema(name = "NearbyChange")
    public record Change(Instant at, String component, String sentence, boolean cause, String reason) {}
}
