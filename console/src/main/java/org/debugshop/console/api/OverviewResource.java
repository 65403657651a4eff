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
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The system at a glance: the whole, and its drawing. */
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
    @Operation(summary = "How each service and call is now, what changed in the last minutes, and where failures start", description = "Figures are of the last minute, buckets of the last ten, changes and origins of at most 15. "
            + "A change is a lasting move of the share of errors, or of the median duration of what did not fail, away from what "
            + "it was before; nothing is said of what has had fewer than 25 requests. An origin is where a failed trace failed first. "
            + "load is what the load generators count themselves. At most 100 services, 400 calls, 40 changes and 20 origins.")
    public Overview.Snapshot overview() {
        return overview.at(Instant.now());
    }

    @GET
    @Path("/graph")
    @Operation(summary = "Where to draw the services and calls of the overview", description = "In pixels. The points of a call are a start and the control points of cubic curves, three each.")
    @APIResponse(responseCode = "200", description = "The layout; the same one until services or calls come or go")
    @APIResponse(responseCode = "400", description = "A parameter makes no sense")
    public Graph graph(@Parameter(description = "Where calls lead", schema = @Schema(enumeration = {"right",
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
