package org.debugshop.gateway.edge;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestResponse;

/** The authentication service. Its URL is complete, so the method has no path. */
@RegisterRestClient(configKey = "edge-auth")
interface EdgeAuthClient {

    /**
     * Asks whether a request may pass.
     *
     * @param uri the path and the query
     * @param authorization the caller's headers of this name; null if there are none
     */
    @GET
    @Produces("*/*")
    Uni<RestResponse<byte[]>> ask(@HeaderParam("X-Forwarded-Method") String method, @HeaderParam("X-Forwarded-Uri") String uri,
            @HeaderParam(HttpHeaders.AUTHORIZATION) List<String> authorization);
}
