package org.debugshop.loadgenerator;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;

/** The booking chain, as somebody who books uses it. */
@RegisterRestClient(configKey = "instabook")
public interface InstabookClient {

    @POST
    @Path("/booking/session")
    Uni<RestResponse<String>> create(BookingSession session);

    @GET
    @Path("/booking/session/{id}")
    Uni<RestResponse<String>> read(@RestPath String id);
}
