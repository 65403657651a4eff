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

/** The cache's HTTP interface. Sessions are text here: instabook checks them, but hands them on as they are. */
@RegisterRestClient(configKey = "instabook-cache")
@Path("/cache/session")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@ClientHeaderParam(name = "Authorization", value = "Bearer ${shop.cache.token}")
interface SessionCacheClient {

    /** @param encodedId percent-encoded, since the client would leave a semicolon as it is, which ends a path segment */
    @GET
    @Path("{id}")
    Uni<String> read(@PathParam("id") @Encoded String encodedId);

    @POST
    Uni<String> store(String session);
}
