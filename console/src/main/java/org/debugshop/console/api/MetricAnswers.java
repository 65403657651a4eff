package org.debugshop.console.api;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Answers about metrics. Their JSON has snake_case names. */
final class MetricAnswers {

    private MetricAnswers() {}

    record Series(Map<String, String> labels,
            @Schema(description = "[milliseconds since the epoch, value]; an infinite value is null") List<Object[]> points,
            @Schema(description = "The latest exemplars of a histogram's bucket") List<Exemplar> exemplars) {}

    record Exemplar(String traceId, double value, @Schema(nullable = true) Long epochMs) {}
}
