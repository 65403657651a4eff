package org.debugshop.checkout;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

@RegisterRestClient(configKey = "product-catalog")
interface ProductCatalogClient {

    @GET
    @Path("/product/{id}")
    Uni<Product> product(@PathParam("id") int id);
}
