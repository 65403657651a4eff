package org.debugshop.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.debugshop.defaults.http.IdempotencyKey;

/** The HTTP resource that takes orders. */
@Path("/checkout")
public class CheckoutResource {

    private final Checkout checkout;
    private final ObjectMapper json;

    CheckoutResource(Checkout checkout, ObjectMapper json) {
        this.checkout = checkout;
        this.json = json;
    }

    /** @param keys the caller's Idempotency-Key headers, at most one; a repeated request gets the first request's answer */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<Response> checkout(@HeaderParam(IdempotencyKey.HEADER) List<String> keys, byte[] body) {
        var key = IdempotencyKey.of(keys);
        return checkout.place(key, SentOrder.read(json, body));
    }
}
