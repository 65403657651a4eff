package org.debugshop.console.controls;

import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestStreamElementType;

/** How the instances of the services learn what is switched, and report it. */
@Path("/controls")
@Tag(name = "Controls")
public class ControlsResource {

    private static final int MAX_NAME = 200;
    /** Of a report; no service has nearly as many faults. */
    private static final int MAX_ENTRIES = 200;

    private final Controls controls;

    ControlsResource(Controls controls) {
        this.controls = controls;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    @Operation(summary = "Server-sent events with the whole desired state of a service", description = "{\"faults\":{\"<id>\":<strength>},"
            + "\"routes\":[...]}: at once, after each change, and every five seconds. There are no routes if the member is absent.")
    @APIResponse(responseCode = "200", description = "The stream, which ends when the same instance listens again")
    @APIResponse(responseCode = "400", description = "service or instance is missing or too long")
    @APIResponse(responseCode = "403", description = "The request comes from a page")
    @APIResponse(responseCode = "503", description = "256 instances listen already")
    public Multi<Controls.State> listen(@RestQuery String service, @RestQuery String instance, @RestHeader("Origin") String origin,
            @RestHeader("Sec-Fetch-Mode") String mode) {
        // Whoever listens must confirm what is switched, so a page of another origin must not. Browsers send at least one of these.
        if (origin != null || mode != null) {
            throw new HttpError(403, "Only services listen here, no pages");
        }
        if (isNoName(service) || isNoName(instance)) {
            throw HttpError.badRequest("service and instance must have 1 to " + MAX_NAME + " characters");
        }
        try {
            return controls.listen(service, instance);
        } catch (IllegalStateException tooMany) {
            throw HttpError.unavailable(tooMany.getMessage(), tooMany);
        }
    }

    @PUT
    @Path("/{service}/{instance}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Report what an instance has applied")
    @APIResponse(responseCode = "204", description = "It is noted")
    @APIResponse(responseCode = "404", description = "This instance does not listen")
    public void report(@PathParam("service") String service, @PathParam("instance") String instance, Controls.Report report) {
        if (report == null || report.faults().size() + report.problems().size() + report.routes().size() > MAX_ENTRIES) {
            throw HttpError.badRequest("The body must be {\"faults\": {…}, \"problems\": {…}, \"routes\": {…}}");
        }
        if (!controls.report(service, instance, report)) {
            throw HttpError.notFound("This instance does not listen");
        }
    }

    private static boolean isNoName(String name) {
        return name == null || name.isBlank() || name.length() > MAX_NAME;
    }
}
