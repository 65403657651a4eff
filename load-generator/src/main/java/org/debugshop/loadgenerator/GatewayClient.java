package org.debugshop.loadgenerator;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** The shop's HTTP interface, as shoppers use it. */
@RegisterRestClient(configKey = "gateway")
public interface GatewayClient {

    /** @param category null for all products */
    @GET
    @Path("/products")
    Uni<Response> products(@RestQuery String category, @RestQuery String currency);

    @GET
    @Path("/product/{id}")
    Uni<Response> product(@RestPath int id, @RestQuery String currency);

    @POST
    @Path("/checkout")
    Uni<Response> checkOut(Order order);
}
