package org.debugshop.instabook;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.Encoded;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.rest.client.annotation.ClientHeaderParam;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** The cache's HTTP interface. Sessions are text here, because instabook checks them but passes them on unchanged. */
@RegisterRestClient(configKey = "instabook-cache")
@Path("/cache/session")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@ClientHeaderParam(name = "Authorization", value = "Bearer ${shop.cache.token}")
interface SessionCacheClient {

    /** @param encodedId percent-encoded, because the client would not encode a semicolon, which ends a path segment */
    @GET
    @Path("{id}")
    Uni<String> read(@PathParam("id") @Encoded String encodedId);

    @POST
    Uni<String> store(String session);
}
