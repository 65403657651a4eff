package org.debugshop.console.store;

import java.util.List;
import java.util.Optional;

/**
 * A sample of a scrape: one line.
 *
 * @param series the name and the labels as they were written, which identify the series of a target
 * @param labels name, value, name, value, ...
 */
public record Sample(String series, String name, List<String> labels, double value, Optional<Exemplar> exemplar) {

    /**
     * A request that a bucket has counted.
     *
     * @param spanId empty if it is unknown
     * @param seconds seconds since the epoch; NaN if unknown
     */
    public record Exemplar(String traceId, String spanId, double value, double seconds) {}
}
