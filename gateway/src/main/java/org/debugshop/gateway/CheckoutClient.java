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
import org.debugshop.gateway.edge.UserHeaders;
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

    /** Takes an order that has only the ids of its products. */
    @POST
    @Path("/orders")
    @Consumes(MediaType.APPLICATION_JSON)
    Uni<RestResponse<Order>> create(@HeaderParam(IdempotencyKey.HEADER) String key, @HeaderParam(UserHeaders.ID) String userId,
            @HeaderParam(UserHeaders.NAME) String userName, byte[] order);

    /** This is to {@link #create} as {@link #processRepeated} is to {@link #process}. */
    @POST
    @Path("/orders")
    @Consumes(MediaType.APPLICATION_JSON)
    @ClientQueryParam(name = "replay", value = "only")
    Uni<RestResponse<Order>> createRepeated(@HeaderParam(IdempotencyKey.HEADER) String key, @HeaderParam(UserHeaders.ID) String userId,
            @HeaderParam(UserHeaders.NAME) String userName, byte[] order);

    @GET
    @Path("/order/{id}")
    Uni<Order> orderFor(@HeaderParam(UserHeaders.ID) String userId, @HeaderParam(UserHeaders.NAME) String userName,
            @PathParam("id") String id);

    @GET
    @Path("/orders")
    Uni<Order.Page> ordersOf(@HeaderParam(UserHeaders.ID) String userId, @HeaderParam(UserHeaders.NAME) String userName,
            @QueryParam("user_id") String owner, @QueryParam("limit") String limit, @QueryParam("cursor") String cursor);

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
