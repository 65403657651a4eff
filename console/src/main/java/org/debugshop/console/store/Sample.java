package org.debugshop.console.store;

import java.util.List;
import java.util.Optional;

/**
 * One line of a scrape.
 *
 * @param series name and labels as they were written, which tell a series from others of its target
 * @param labels name, value, name, value, ...
 */
public record Sample(String series, String name, List<String> labels, double value, Optional<Exemplar> exemplar) {

    /**
     * A request that a bucket has counted.
     *
     * @param spanId empty if it was not told
     * @param seconds since the epoch; NaN if it was not told
     */
    public record Exemplar(String traceId, String spanId, double value, double seconds) {}
}
