package org.debugshop.console.api;

import org.debugshop.console.analysis.RequestStatistics;
import org.debugshop.console.analysis.ServiceGraph;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Answers about services and who calls whom, in snake_case on the wire. */
final class ServiceAnswers {

    private ServiceAnswers() {}

    record Service(String name, int requests,
            @Schema(description = "Requests a second over the time that the window really covers") double rate,
            @Schema(description = "0 to 1") double errorShare,
            double p50Ms, double p95Ms, double p99Ms) {

        static Service of(ServiceGraph.Service service) {
            RequestStatistics of = service.statistics();
            return new Service(service.name(), of.requests(), of.rate(), of.errorShare(), of.p50Millis(), of.p95Millis(), of.p99Millis());
        }
    }

    record Edge(String from, String to, int requests,
            @Schema(description = "Requests a second over the time that the window really covers") double rate,
            @Schema(description = "0 to 1") double errorShare,
            double p50Ms, double p95Ms, double p99Ms,
            @Schema(description = "How many of the requests only the caller told about: the callee is down, not instrumented, or late") int inferred) {

        static Edge of(ServiceGraph.Edge edge) {
            RequestStatistics of = edge.statistics();
            return new Edge(edge.from(), edge.to(), of.requests(), of.rate(), of.errorShare(), of.p50Millis(), of.p95Millis(),
                    of.p99Millis(),
                    edge.inferred());
        }
    }
}
