package org.debugshop.loadgenerator;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;

/** The shop, as a shopper uses it. */
@RegisterRestClient(configKey = "gateway")
public interface GatewayClient {

    /** @param category all of them when null */
    @GET
    @Path("/products")
    Uni<RestResponse<String>> products(@RestQuery String category, @RestQuery String currency);

    @GET
    @Path("/product/{id}")
    Uni<RestResponse<String>> product(@RestPath int id, @RestQuery String currency);

    @POST
    @Path("/checkout")
    Uni<RestResponse<String>> checkOut(Order order);
}
