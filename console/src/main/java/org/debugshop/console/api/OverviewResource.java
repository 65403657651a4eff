package org.debugshop.console.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.debugshop.console.analysis.GraphLayout;
import org.debugshop.console.analysis.Overview;
import org.debugshop.console.analysis.ServiceGraph.Pair;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The overview of the system, and the layout of its graph. */
@Path("/api")
@Tag(name = "Overview")
public class OverviewResource {

    record Graph(double width, double height, int nodeWidth, int nodeHeight, List<GraphLayout.Node> nodes, List<GraphLayout.Edge> edges) {}

    private final Overview overview;
    private final GraphLayout layout;

    OverviewResource(Overview overview, GraphLayout layout) {
        this.overview = overview;
        this.layout = layout;
    }

    @GET
    @Path("/overview")
    @Operation(summary = "The state of services and calls, recent changes, and where failures start", description = "Figures cover the last minute, buckets the last ten minutes, changes and origins up to 15 minutes. "
            + "A change is a lasting change of the error share, or of the median duration of successful requests; it needs "
            + "at least 25 requests. An origin is where the failure of a trace starts. "
            + "load has the load generators' own counts. At most 100 services, 400 calls, 40 changes and 20 origins are returned.")
    @APIResponse(responseCode = "200", description = "The overview")
    @APIResponse(responseCode = "400", description = "A parameter is invalid")
    public Overview.Snapshot overview(
            @Parameter(description = "Whether the origins are found without shop.failure and shop.….failure, which a service writes where a "
                    + "failure starts", schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false")) @QueryParam("blind") String blind) {
        return QueryParameters.bool("blind", blind).orElse(false) ? overview.blindAt(Instant.now()) : overview.at(Instant.now());
    }

    @GET
    @Path("/graph")
    @Operation(summary = "The layout of the graph of services and calls", description = "All numbers are pixels. The points of a call are its start and then three control points for each cubic curve.")
    @APIResponse(responseCode = "200", description = "The layout; it does not change until services or calls appear or disappear")
    @APIResponse(responseCode = "400", description = "A parameter is invalid")
    public Graph graph(@Parameter(description = "The direction of calls", schema = @Schema(enumeration = {"right",
            "down"}, defaultValue = "right")) @QueryParam("direction") String direction) {
        boolean down = switch (QueryParameters.text(direction).orElse("right")) {
            case "right" -> false;
            case "down" -> true;
            default -> throw HttpError.badRequest("The parameter direction must be right or down");
        };
        var now = overview.at(Instant.now());
        var services = new TreeSet<String>();
        now.services().forEach(service -> services.add(service.name()));
        now.edges().forEach(edge -> {
            services.add(edge.from());
            services.add(edge.to());
        });
        var calls = now.edges().stream().map(edge -> new Pair(edge.from(), edge.to())).toList();
        var drawn = layout.of(services, calls, down);
        return new Graph(drawn.width(), drawn.height(), GraphLayout.NODE_WIDTH, GraphLayout.NODE_HEIGHT, drawn.nodes(), drawn.edges());
    }
}
