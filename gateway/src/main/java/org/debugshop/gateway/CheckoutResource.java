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
import org.debugshop.gateway.edge.OptionalUser;
import org.debugshop.gateway.edge.UserHeaders;

/** The HTTP resource that takes orders. */
@Path("/checkout")
public class CheckoutResource {

    private final Checkout checkout;
    private final ObjectMapper json;

    CheckoutResource(Checkout checkout, ObjectMapper json) {
        this.checkout = checkout;
        this.json = json;
    }

    /**
     * Places an order.
     *
     * @param keys the caller's Idempotency-Key headers, at most one; a repeated request gets the first request's answer
     * @param userId the id of the authenticated user, who gets the order, whichever user the body names; null if there is none
     */
    @POST
    @OptionalUser
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<Response> checkout(@HeaderParam(IdempotencyKey.HEADER) List<String> keys,
            @HeaderParam(UserHeaders.ID) String userId, byte[] body) {
        var key = IdempotencyKey.of(keys);
        var order = SentOrder.read(json, body);
        return checkout.place(key, userId == null ? order : order.placedBy(userId));
    }
}
