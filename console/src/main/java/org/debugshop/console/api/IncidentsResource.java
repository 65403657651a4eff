package org.debugshop.console.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Instant;
import java.util.Optional;
import org.debugshop.console.analysis.Overview;
import org.debugshop.console.diagnosis.Diagnosis;
import org.debugshop.console.diagnosis.Incident;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The failures that the console has found, and where they start. */
@Path("/api/incidents")
@Tag(name = "Incidents")
public class IncidentsResource {

    private final Diagnosis diagnosis;
    private final Overview overview;

    IncidentsResource(Diagnosis diagnosis, Overview overview) {
        this.diagnosis = diagnosis;
        this.overview = overview;
    }

    @GET
    @Operation(summary = "The state of the system, and its incidents", description = "The active incident comes first, then the newest; at most 50 are "
            + "kept. The suspects come from traces, logs and metrics alone: what services say about where failures start is not used.")
    @APIResponse(responseCode = "200", description = "The state, in one word and in one sentence, and the incidents")
    public Diagnosis.Overall incidents() {
        var known = diagnosis.overall(Optional.empty());
        // The overview reads many traces, so it is asked only if it can change the answer.
        return known.state() == Diagnosis.State.FAILING ? known : diagnosis.overall(overview.at(Instant.now()).trouble());
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "An incident")
    @APIResponse(responseCode = "200", description = "The incident")
    @APIResponse(responseCode = "404", description = "There is no such incident, or it is no longer kept")
    public Incident incident(@Parameter(description = "The id of the incident") @PathParam("id") String id) {
        return diagnosis.incident(id).orElseThrow(() -> HttpError.notFound("There is no incident " + id));
    }
}
