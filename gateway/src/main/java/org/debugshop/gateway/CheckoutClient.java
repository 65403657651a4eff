package org.debugshop.gateway;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestResponse;

@RegisterRestClient(configKey = "checkout")
interface CheckoutClient {

    @POST
    @Path("/process")
    @Consumes(MediaType.APPLICATION_JSON)
    Uni<RestResponse<byte[]>> process(byte[] order);

    @GET
    @Path("/order/{id}")
    Uni<RestResponse<byte[]>> order(@PathParam("id") String id);
}
