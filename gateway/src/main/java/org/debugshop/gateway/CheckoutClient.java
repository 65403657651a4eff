package org.debugshop.gateway;

import io.quarkus.rest.client.reactive.ClientQueryParam;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.debugshop.defaults.http.IdempotencyKey;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestResponse;

@RegisterRestClient(configKey = "checkout")
interface CheckoutClient {

    @POST
    @Path("/process")
    @Consumes(MediaType.APPLICATION_JSON)
    Uni<RestResponse<byte[]>> process(@HeaderParam(IdempotencyKey.HEADER) String key, byte[] order);

    /** Returns the answer to the first request with this key. If there was none, the answer is 404 and no order is placed. */
    @POST
    @Path("/process")
    @Consumes(MediaType.APPLICATION_JSON)
    @ClientQueryParam(name = "replay", value = "only")
    Uni<RestResponse<byte[]>> processRepeated(@HeaderParam(IdempotencyKey.HEADER) String key, byte[] order);

    @GET
    @Path("/order/{id}")
    Uni<RestResponse<byte[]>> order(@PathParam("id") String id);

    @GET
    @Path("/order/{id}/receipt")
    Uni<RestResponse<byte[]>> receipt(@PathParam("id") String id);

    @GET
    @Path("/orders")
    Uni<RestResponse<byte[]>> orders(@QueryParam("user_id") String userId, @QueryParam("limit") String limit,
            @QueryParam("cursor") String cursor);
}
