package org.debugshop.console.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.debugshop.console.analysis.ServiceGraph;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The statistics of services and of their calls. */
@Path("/api")
@Tag(name = "Services")
public class ServicesResource {

    private final ServiceGraph graph;

    ServicesResource(ServiceGraph graph) {
        this.graph = graph;
    }

    @GET
    @Path("/services")
    @Operation(summary = "Each service's requests, errors and durations", description = "A request is a SERVER or CONSUMER span; for a service without any, such as a load generator, a root span. "
            + "Percentiles are exact, by nearest rank.")
    public List<ServiceAnswers.Service> services(@Parameter(description = ApiTexts.SINCE) @QueryParam("since") String since) {
        Instant now = Instant.now();
        long from = QueryParameters.sinceNanos(since, now);
        var versions = graph.versions(from);
        return graph.services(from, now.toEpochMilli()).stream()
                .map(service -> ServiceAnswers.Service.of(service, versions.getOrDefault(service.name(), Collections.emptySortedSet())))
                .toList();
    }

    @GET
    @Path("/services/{service}/copies")
    @Operation(summary = "The requests of each version of a service, side by side", description = "A request is what it is at /api/services. "
            + "There are no copies if the service has sent nothing.")
    @APIResponse(responseCode = "200", description = "The copies")
    @APIResponse(responseCode = "400", description = "A parameter is invalid")
    public ServiceAnswers.Copies copies(@PathParam("service") String service,
            @Parameter(description = ApiTexts.SINCE) @QueryParam("since") String since) {
        Instant now = Instant.now();
        var observed = graph.copies(service, QueryParameters.sinceNanos(since, now), now.toEpochMilli());
        return new ServiceAnswers.Copies(service, observed.seconds(), observed.requests().stream().map(ServiceAnswers.Copy::of).toList());
    }

    @GET
    @Path("/edges")
    @Operation(summary = "The calls between services: their number, durations and errors", description = "Durations and errors are the caller's; for messages, the consumer's. "
            + "The callee of a call that nothing answered is found by peer.service, server.address and server.port, "
            + "or the name of the database or messaging system. Such a call counts as inferred, too.")
    public List<ServiceAnswers.Edge> edges(@Parameter(description = ApiTexts.SINCE) @QueryParam("since") String since) {
        Instant now = Instant.now();
        return graph.edges(QueryParameters.sinceNanos(since, now), now.toEpochMilli()).stream().map(ServiceAnswers.Edge::of).toList();
    }
}
