package org.debugshop.console.pages;

import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestStreamElementType;

/** Notifies pages of changes. */
@Path("/api/live")
@Tag(name = "Live")
public class LiveResource {

    private final Live live;

    LiveResource(Live live) {
        this.live = live;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    @Operation(summary = "Server-sent events that name the kinds of data that have changed", description = "{\"changed\":[\"traces\",\"logs\",\"metrics\",\"failures\"]}, at most twice a second; an empty list every ten seconds "
            + "without changes.")
    @APIResponse(responseCode = "200", description = "The stream, which does not end")
    @APIResponse(responseCode = "503", description = "32 pages listen already")
    public Multi<Live.Change> live() {
        try {
            return live.changes();
        } catch (IllegalStateException tooMany) {
            throw HttpError.unavailable(tooMany.getMessage(), tooMany);
        }
    }
}
