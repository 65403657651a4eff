package org.debugshop.console.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.List;
import org.debugshop.console.analysis.ServiceGraph;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
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
        return graph.services(QueryParameters.sinceNanos(since, now), now.toEpochMilli()).stream().map(ServiceAnswers.Service::of).toList();
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
