package org.debugshop.console.pages;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * Serves the console's own addresses: the page for browsers, and at {@code /} a list of the API's paths for other clients. The view
 * of metrics is at {@code /charts}, because {@code /metrics} is the scrape endpoint of every service.
 */
@Path("/")
public class PageResource {

    record Index(String service, String status, List<String> questions, String openapi) {}

    private final Page page;

    PageResource(Page page) {
        this.page = page;
    }

    @GET
    @NonBlocking
    @Operation(summary = "The paths of this API")
    public Index index() {
        return new Index("Console", "UP", List.of("/api/overview", "/api/graph", "/api/services", "/api/edges", "/api/traces", "/api/logs",
                "/api/metrics", "/api/charts", "/api/incidents", "/api/failures"), "/q/openapi");
    }

    @GET
    @Produces("text/html;qs=0.5") // only for callers that prefer HTML, as browsers do
    @NonBlocking
    @Operation(hidden = true)
    public RestResponse<String> page() {
        return page.answer();
    }

    @GET
    @Path("{view: incidents|incidents/[^/]+|traces|traces/[^/]+|compare|logs|charts|failures|routes}")
    @Produces("text/html")
    @NonBlocking
    @Operation(hidden = true)
    public RestResponse<String> view() {
        return page.answer();
    }
}
