package org.debugshop.console.api;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Answers about metrics, in snake_case on the wire. */
final class MetricAnswers {

    private MetricAnswers() {}

    record Series(Map<String, String> labels,
            @Schema(description = "[milliseconds since the epoch, value]; an infinite value is null") List<Object[]> points,
            @Schema(description = "The latest requests that a histogram's bucket names") List<Exemplar> exemplars) {}

    record Exemplar(String traceId, double value, @Schema(nullable = true) Long epochMs) {}
}
