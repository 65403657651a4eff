package org.debugshop.console.api;

import java.util.Collection;
import java.util.List;
import org.debugshop.console.analysis.RequestStatistics;
import org.debugshop.console.analysis.ServiceGraph;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Answers about services and their calls. Their JSON has snake_case names. */
final class ServiceAnswers {

    private ServiceAnswers() {}

    record Service(String name, int requests,
            @Schema(description = "Requests per second, over the part of the window that has data") double rate,
            @Schema(description = "0 to 1") double errorShare,
            double p50Ms, double p95Ms, double p99Ms,
            @Schema(description = "The values of service.version, at most 20") Collection<String> versions) {

        static Service of(ServiceGraph.Service service, Collection<String> versions) {
            RequestStatistics of = service.statistics();
            return new Service(service.name(), of.requests(), of.rate(), of.errorShare(), of.p50Millis(), of.p95Millis(), of.p99Millis(),
                    versions);
        }
    }

    record Copies(String service,
            @Schema(description = "The length of the part of the window that has data") double seconds,
            @Schema(description = "One for each version, sorted by version; at most 20") List<Copy> copies) {}

    @Schema(name = "ServiceCopy")
    record Copy(@Schema(description = "service.version; empty if there is none") String version,
            @Schema(description = "service.instance.id of its processes, at most 20") List<String> instances, int requests,
            @Schema(description = "Requests per second, over the part of the window that has data") double rate,
            @Schema(description = "0 to 1") double errorShare,
            double p50Ms, double p95Ms, double p99Ms) {

        static Copy of(ServiceGraph.Copy copy) {
            RequestStatistics of = copy.statistics();
            return new Copy(copy.version(), copy.instances(), of.requests(), of.rate(), of.errorShare(), of.p50Millis(), of.p95Millis(),
                    of.p99Millis());
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
