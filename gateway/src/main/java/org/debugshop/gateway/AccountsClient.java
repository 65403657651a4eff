package org.debugshop.gateway;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestResponse;

@RegisterRestClient(configKey = "accounts")
interface AccountsClient {

    @POST
    @Path("/users")
    @Consumes(MediaType.APPLICATION_JSON)
    Uni<RestResponse<byte[]>> signUp(byte[] user);

    @POST
    @Path("/login")
    @Consumes(MediaType.APPLICATION_JSON)
    Uni<RestResponse<byte[]>> logIn(byte[] credentials);
}
