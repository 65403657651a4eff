package org.debugshop.console.controls;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.debugshop.console.scrape.Targets;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Lists the routes, makes, renews and ends them: {@code ./shop intercept} and {@code ./shop canary} do. */
@Path("/api/routes")
@Tag(name = "Routes")
public class RoutesResource {

    private final Routes routes;
    private final Controls controls;
    private final Targets targets;
    private final ObjectReader json;

    RoutesResource(Routes routes, Controls controls, Targets targets, ObjectMapper mapper) {
        this.routes = routes;
        this.controls = controls;
        this.targets = targets;
        this.json = mapper.reader().with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    }

    @Schema(name = "Route")
    record View(String id,
            @Schema(description = "The service whose requests are routed") String service,
            @Schema(description = "The base URL of its other copy") String url,
            @Schema(nullable = true, description = "A canary: the percentage of shoppers whose requests the copy gets") Integer weight,
            @Schema(nullable = true, description = "An intercept: the key of the requests that the copy gets") String key,
            @Schema(description = "Whether the copy gets copies of the requests, and its answers are dropped") boolean mirror,
            @Schema(description = "Whether it then also gets those that change something") boolean unsafe,
            @Schema(description = "Whether the copy processes the events with the key") boolean events,
            String owner,
            @Schema(nullable = true, description = "The version of the copy") String version,
            int leaseSeconds,
            @Schema(description = "When the route was made") Instant since,
            @Schema(description = "When it ends, unless its owner renews it") Instant expires,
            @Schema(description = "How many instances of services listen to the console") int instances,
            @Schema(description = "How many of them use the route as it is now") int acknowledged,
            @Schema(description = "The others, as service and instance") List<String> missing) {}

    @Schema(name = "Routes")
    record All(Instant time, List<View> routes) {}

    @Schema(name = "RouteRequest", description = "Exactly one of weight and key")
    record Wanted(@Schema(required = true) String service,
            @Schema(required = true, description = "http or https, a host and a port, no path") String url,
            @Schema(nullable = true, minimum = "1", maximum = "100") Integer weight,
            @Schema(nullable = true, pattern = "[A-Za-z0-9._-]{1,40}") String key,
            Boolean mirror, Boolean unsafe, Boolean events,
            @Schema(required = true, description = "Who renews it, such as ann@laptop") String owner,
            @Schema(nullable = true) String version,
            @Schema(minimum = "1", maximum = "30", defaultValue = "10") Integer leaseSeconds) {}

    @GET
    @Operation(summary = "The live routes, oldest first")
    @APIResponse(responseCode = "200", description = "The routes, and how many instances use each")
    public All all() {
        return new All(Instant.now(), routes.live().stream().map(this::view).toList());
    }

    @PUT
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Make, change or renew a route", description = "The same request again renews the lease, and is answered at once. Otherwise it "
            + "waits until all instances use the route, up to half the lease, and not longer than five seconds.")
    @RequestBody(content = @Content(schema = @Schema(implementation = Wanted.class)))
    @APIResponse(responseCode = "200", description = "The route")
    @APIResponse(responseCode = "400", description = "The id or the body is invalid, or there is no such service")
    @APIResponse(responseCode = "403", description = "The request comes from a page of another origin")
    @APIResponse(responseCode = "409", description = "The id belongs to another owner, the service has a route with this key or another canary already, or "
            + "there are 50 routes")
    public Uni<View> put(@Parameter(description = "A name: 1 to 40 of a-z 0-9 -") @PathParam("id") String id, byte[] body) {
        RouteRequest.requireId(id);
        var wanted = RouteRequest.of(parse(body), service -> targets.all().stream().anyMatch(target -> target.service().equals(service))
                || controls.isListening(service));
        var before = routes.find(id);
        Routes.Live route;
        try {
            route = routes.put(id, wanted.definition(), wanted.lease());
        } catch (Routes.Conflict conflict) {
            throw new HttpError(409, conflict.getMessage());
        }
        controls.routesChanged();
        return before.filter(known -> known.revision() == route.revision()).isPresent()
                ? Uni.createFrom().item(view(route))
                : controls.routed(route).map(_ -> view(route));
    }

    @DELETE
    @Path("/{id}")
    @Operation(summary = "End a route")
    @APIResponse(responseCode = "204", description = "There is no such route, or no longer")
    @APIResponse(responseCode = "403", description = "The request comes from a page of another origin")
    public void delete(@PathParam("id") String id) {
        if (routes.remove(id)) {
            controls.routesChanged();
        }
    }

    private JsonNode parse(byte[] body) {
        try {
            return json.readTree(body == null ? new byte[0] : body);
        } catch (IOException notJson) {
            throw HttpError.badRequest("The body must be a JSON object");
        }
    }

    private View view(Routes.Live route) {
        var its = route.definition();
        var instances = controls.confirmations(route);
        var missing = instances.stream().filter(instance -> !instance.confirmed())
                .map(instance -> instance.service() + " " + instance.instance()).toList();
        return new View(route.id(), its.service(), its.url(), its.weight(), its.key(), its.mirror(), its.unsafe(), its.events(),
                its.owner(),
                its.version(), (int) route.lease().toSeconds(), route.since(), route.expires(), instances.size(),
                instances.size() - missing.size(), missing);
    }
}
