package org.debugshop.gateway;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.gateway.edge.PassThrough;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** Signs users up and logs them in, as the accounts service answers. */
@Path("/api/v1")
@Consumes(MediaType.APPLICATION_JSON)
public class ApiAccountsResource {

    private final Optional<AccountsClient> client;
    private final Upstream upstream = Upstream.named("accounts");

    /** @param client only resolved if there is an address */
    ApiAccountsResource(@RestClient Instance<AccountsClient> client, @ConfigProperty(name = "shop.accounts.url") Optional<String> url) {
        this.client = url.filter(text -> !text.isBlank()).map(_ -> client.get());
    }

    @POST
    @Path("signup")
    public Uni<Response> signUp(byte[] user) {
        return PassThrough.change(upstream, accounts().signUp(user)).map(PassThrough::copy);
    }

    @POST
    @Path("login")
    public Uni<Response> logIn(byte[] credentials) {
        return PassThrough.answer(upstream, accounts().logIn(credentials));
    }

    private AccountsClient accounts() {
        return client.orElseThrow(() -> new HttpError(503, "There is no accounts service here"));
    }
}
