package org.debugshop.loadgenerator;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestPath;

/** The HTTP interface of instabook, as its users use it. */
@RegisterRestClient(configKey = "instabook")
public interface InstabookClient {

    @POST
    @Path("/booking/session")
    Uni<Response> create(BookingSession session);

    @GET
    @Path("/booking/session/{id}")
    Uni<Response> read(@RestPath String id);
}
