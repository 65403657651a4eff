package org.debugshop.gateway.session;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import org.eclipse.microprofile.rest.client.annotation.ClientHeaderParam;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestResponse;

/** The authentication service. Its URL is complete, so the method has no path. */
@RegisterRestClient(configKey = "edge-auth")
interface AuthClient {

    String USER_ID = "X-User-Id";
    String USER_NAME = "X-User-Name";

    /** Asks who the caller is. The answer's headers are {@link #USER_ID} and {@link #USER_NAME}. */
    @GET
    @Produces("*/*")
    @ClientHeaderParam(name = "X-Forwarded-Method", value = "GET")
    @ClientHeaderParam(name = "X-Forwarded-Uri", value = "/session")
    Uni<RestResponse<byte[]>> caller(@HeaderParam(HttpHeaders.AUTHORIZATION) String authorization);
}
