package org.debugshop.payments;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.debugshop.defaults.data.StorableText;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.http.IdempotencyKey;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class PaymentResource {

    static final AttributeKey<String> USER_ID = AttributeKey.stringKey("shop.user.id");

    /** The user's id. The gateway sets it when the user is logged in; callers from outside can't. */
    private static final String USER = "X-User-Id";
    private static final int MAX_USER = 256;

    record Status(String service, String status) {}

    private final Payments payments;
    private final PaymentStore store;

    PaymentResource(Payments payments, PaymentStore store) {
        this.payments = payments;
        this.store = store;
    }

    @GET
    @NonBlocking
    public Status status() {
        return new Status("Payments Service", "UP");
    }

    @POST
    @Path("payments")
    public Uni<RestResponse<Payment>> pay(@HeaderParam(USER) List<String> users, @HeaderParam(IdempotencyKey.HEADER) List<String> keys,
            JsonNode body) {
        var request = PaymentRequest.of(user(users), IdempotencyKey.of(keys), body);
        Span.current().setAttribute(Payments.ORDER_ID, request.orderId().toString());
        return payments.pay(request).map(stored -> {
            var answer = ResponseBuilder.ok(stored.payment());
            return (stored.repeated() ? answer.header(IdempotencyKey.REPLAYED, true) : answer).build();
        });
    }

    @GET
    @Path("payments/{id}")
    public Uni<Payment> payment(@HeaderParam(USER) List<String> users, @PathParam("id") String id) {
        var user = user(users);
        var payment = PaymentRequest.id(id).orElseThrow(PaymentResource::notFound);
        Span.current().setAttribute(Payments.PAYMENT_ID, payment.toString());
        return store.find(payment, user).map(found -> found.orElseThrow(PaymentResource::notFound));
    }

    /** @throws HttpError 400 unless there is one user */
    private static String user(List<String> users) {
        if (users == null || users.size() != 1 || users.getFirst().isBlank() || users.getFirst().length() > MAX_USER) {
            throw HttpError.badRequest("X-User-Id must be one user, of 1 to %d characters".formatted(MAX_USER));
        }
        StorableText.require(USER, users.getFirst());
        Span.current().setAttribute(USER_ID, users.getFirst());
        return users.getFirst();
    }

    private static HttpError notFound() {
        return HttpError.notFound("Payment not found");
    }
}
