package org.debugshop.console.api;

import org.debugshop.console.analysis.RequestStatistics;
import org.debugshop.console.analysis.ServiceGraph;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Answers about services and their calls. Their JSON has snake_case names. */
final class ServiceAnswers {

    private ServiceAnswers() {}

    record Service(String name, int requests,
            @Schema(description = "Requests per second, over the part of the window that has data") double rate,
            @Schema(description = "0 to 1") double errorShare,
            double p50Ms, double p95Ms, double p99Ms) {

        static Service of(ServiceGraph.Service service) {
            RequestStatistics of = service.statistics();
            return new Service(service.name(), of.requests(), of.rate(), of.errorShare(), of.p50Millis(), of.p95Millis(), of.p99Millis());
        }
    }

    record Edge(String from, String to, int requests,
            @Schema(description = "Requests per second, over the part of the window that has data") double rate,
            @Schema(description = "0 to 1") double errorShare,
            double p50Ms, double p95Ms, double p99Ms,
            @Schema(description = "For how many requests only the caller sent a span, because the callee is down, not instrumented, or late") int inferred) {

        static Edge of(ServiceGraph.Edge edge) {
            RequestStatistics of = edge.statistics();
            return new Edge(edge.from(), edge.to(), of.requests(), of.rate(), of.errorShare(), of.p50Millis(), of.p95Millis(),
                    of.p99Millis(),
                    edge.inferred());
        }
    }
}
