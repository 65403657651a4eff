package org.debugshop.gateway;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import org.debugshop.defaults.http.IdempotencyKey;
import org.debugshop.gateway.edge.UserHeaders;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestResponse;

@RegisterRestClient(configKey = "payments")
interface PaymentsClient {

    @POST
    @Path("/payments")
    @Consumes(MediaType.APPLICATION_JSON)
    Uni<RestResponse<byte[]>> pay(@HeaderParam(UserHeaders.ID) String userId, @HeaderParam(UserHeaders.NAME) String userName,
            @HeaderParam(IdempotencyKey.HEADER) String key, byte[] payment);

    @GET
    @Path("/payments/{id}")
    Uni<RestResponse<byte[]>> payment(@HeaderParam(UserHeaders.ID) String userId, @HeaderParam(UserHeaders.NAME) String userName,
            @PathParam("id") String id);
}
