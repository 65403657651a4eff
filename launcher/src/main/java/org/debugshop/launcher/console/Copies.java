package org.debugshop.launcher.console;

import java.util.List;

/**
 * The figures of each version of a service. The names are those of the JSON.
 *
 * @param copies one for each version, sorted by version
 */
public record Copies(String service, double seconds, List<Copy> copies) {

    /** @param version empty if the spans have none */
    public record Copy(String version, List<String> instances, int requests, double rate, double error_share, double p50_ms,
            double p95_ms, double p99_ms) {}
}
