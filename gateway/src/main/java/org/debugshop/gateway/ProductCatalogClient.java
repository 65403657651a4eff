package org.debugshop.gateway;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestResponse;

@RegisterRestClient(configKey = "product-catalog")
interface ProductCatalogClient {

    /** Each parameter may be null, and then selects all products. */
    @GET
    @Path("/products")
    Uni<List<Product>> products(@QueryParam("category") String category, @QueryParam("category_part") String categoryPart,
            @QueryParam("search") String search);

    @GET
    @Path("/product/{id}")
    Uni<Product> product(@PathParam("id") int id);

    @GET
    @Path("/images/products/{file}")
    Uni<RestResponse<byte[]>> image(@PathParam("file") String file, @HeaderParam("If-None-Match") String knownTag);
}
