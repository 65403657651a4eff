package org.debugshop.console.store;

import java.util.List;
import java.util.Map;

/**
 * What a target answered to a scrape.
 *
 * @param families by the name that the comments give, which its samples may have suffixes to
 */
public record Exposition(List<Sample> samples, Map<String, Family> families) {

    /**
     * What the comments say of some samples.
     *
     * @param type {@code counter}, {@code gauge}, {@code histogram}, {@code summary}, ...; {@code unknown} if nothing is said
     * @param help empty if nothing is said
     * @param unit a word like {@code seconds}; empty if nothing is said
     */
    public record Family(String type, String help, String unit) {
        public static final Family UNKNOWN = new Family("unknown", "", "");
    }
}
