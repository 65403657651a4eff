package org.debugshop.console.store;

import java.util.List;
import java.util.Map;

/**
 * The answer of a target to a scrape.
 *
 * @param families the families by their name in the comments; the names of their samples may have suffixes
 */
public record Exposition(List<Sample> samples, Map<String, Family> families) {

    /**
     * The comments about a metric.
     *
     * @param type {@code counter}, {@code gauge}, {@code histogram}, {@code summary}, ...; {@code unknown} if there is none
     * @param help the help text, or empty
     * @param unit a unit like {@code seconds}, or empty
     */
    public record Family(String type, String help, String unit) {
        public static final Family UNKNOWN = new Family("unknown", "", "");
    }
}
