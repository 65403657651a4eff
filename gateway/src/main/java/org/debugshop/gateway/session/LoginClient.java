package org.debugshop.gateway.session;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

@RegisterRestClient(configKey = "accounts")
interface LoginClient {

    /** @param expiresIn seconds */
    record Login(String token, int expiresIn) {

        public Login {
            if (!SessionCookie.isToken(token) || expiresIn <= 0) {
                throw new IllegalArgumentException("no token for a session");
            }
        }

        /** Contains no token, so that no log can show it. */
        @Override
        public String toString() {
            return "Login[expiresIn=" + expiresIn + "]";
        }
    }

    /** @param credentials {@code {"username","password"}}, as the caller sent them */
    @POST
    @Path("/login")
    @Consumes(MediaType.APPLICATION_JSON)
    Uni<Login> logIn(byte[] credentials);
}
