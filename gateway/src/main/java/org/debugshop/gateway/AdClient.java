package org.debugshop.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestResponse;

@RegisterRestClient(configKey = "ad-service")
interface AdClient {

    /** @param productIds the ids, separated by commas */
    @GET
    @Path("/ads")
    Uni<List<JsonNode>> adsOf(@QueryParam("product_ids") String productIds);

    @GET
    @Path("/ads")
    Uni<RestResponse<byte[]>> ads(@QueryParam("product_ids") List<String> productIds, @QueryParam("category") String category);

    @GET
    @Path("/ad/{id}")
    Uni<RestResponse<byte[]>> ad(@PathParam("id") String id);

    @GET
    @Path("/images/ads/{file}")
    Uni<RestResponse<byte[]>> image(@PathParam("file") String file, @HeaderParam("If-None-Match") String knownTag);
}
