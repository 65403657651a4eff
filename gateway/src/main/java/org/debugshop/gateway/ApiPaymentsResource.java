package org.debugshop.gateway;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.http.IdempotencyKey;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.gateway.edge.PassThrough;
import org.debugshop.gateway.edge.Protected;
import org.debugshop.gateway.edge.UserHeaders;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** Payments of the authenticated user, as the payments service answers. */
@Path("/api/v1/payments")
@Protected
public class ApiPaymentsResource {

    static final AttributeKey<String> PAYMENT_ID = AttributeKey.stringKey("shop.payment.id");

    private final Optional<PaymentsClient> client;
    private final Upstream upstream = Upstream.named("payments");

    /** @param client only resolved if there is an address */
    ApiPaymentsResource(@RestClient Instance<PaymentsClient> client, @ConfigProperty(name = "shop.payments.url") Optional<String> url) {
        this.client = url.filter(text -> !text.isBlank()).map(_ -> client.get());
    }

    /** @param keys the caller's Idempotency-Key headers, at most one */
    @POST
    @Path("pay")
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<Response> pay(@HeaderParam(UserHeaders.ID) String userId, @HeaderParam(UserHeaders.NAME) String userName,
            @HeaderParam(IdempotencyKey.HEADER) List<String> keys, byte[] payment) {
        var key = IdempotencyKey.of(keys).orElse(null);
        return PassThrough.change(upstream, payments().pay(userId, userName, key, payment)).map(PassThrough::copy);
    }

    @GET
    @Path("status/{id}")
    public Uni<Response> payment(@HeaderParam(UserHeaders.ID) String userId, @HeaderParam(UserHeaders.NAME) String userName,
            @PathParam("id") String id) {
        Span.current().setAttribute(PAYMENT_ID, id);
        return PassThrough.answer(upstream, payments().payment(userId, userName, id));
    }

    private PaymentsClient payments() {
        return client.orElseThrow(() -> new HttpError(503, "There are no payments here"));
    }
}
