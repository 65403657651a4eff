package org.debugshop.gateway;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** Asks for a password, as an authentication service may do, and returns the credentials that it got. */
@Path("/challenge")
public class ChallengeResource {

    @GET
    public Response challenge(@HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
            @HeaderParam(HttpHeaders.COOKIE) String cookie) {
        return Response.status(401).header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"test\"").type(MediaType.TEXT_PLAIN_TYPE)
                .entity(authorization + ", cookie: " + cookie).build();
    }
}
