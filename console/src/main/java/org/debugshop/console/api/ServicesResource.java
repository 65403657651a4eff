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

/** How the services did, and who called whom. */
@Path("/api")
@Tag(name = "Services")
public class ServicesResource {

    private final ServiceGraph graph;

    ServicesResource(ServiceGraph graph) {
        this.graph = graph;
    }

    @GET
    @Path("/services")
    @Operation(summary = "Each service's requests, errors and durations", description = "A request is a SERVER or CONSUMER span; for a service without any, a load generator say, a root span. "
            + "Percentiles are exact, by nearest rank.")
    public List<ServiceAnswers.Service> services(@Parameter(description = ApiTexts.SINCE) @QueryParam("since") String since) {
        Instant now = Instant.now();
        return graph.services(QueryParameters.sinceNanos(since, now), now.toEpochMilli()).stream().map(ServiceAnswers.Service::of).toList();
    }

    @GET
    @Path("/edges")
    @Operation(summary = "Who called whom, how often, how slowly, with how many errors", description = "Durations and errors are the caller's; of messages, the consumer's. "
            + "A call that nothing answered is told by peer.service, server.address and server.port, "
            + "or the name of the database or messaging system; it also counts as inferred.")
    public List<ServiceAnswers.Edge> edges(@Parameter(description = ApiTexts.SINCE) @QueryParam("since") String since) {
        Instant now = Instant.now();
        return graph.edges(QueryParameters.sinceNanos(since, now), now.toEpochMilli()).stream().map(ServiceAnswers.Edge::of).toList();
    }
}
