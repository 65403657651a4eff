package org.debugshop.checkout;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.debugshop.defaults.HttpError;
import org.debugshop.defaults.LogFields;

@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class CheckoutResource {

    static final AttributeKey<String> ORDER_ID = AttributeKey.stringKey("shop.order.id");
    static final AttributeKey<String> ORDER_CURRENCY = AttributeKey.stringKey("shop.order.currency");
    static final AttributeKey<Double> ORDER_TOTAL = AttributeKey.doubleKey("shop.order.total");
    static final AttributeKey<Long> ORDER_ITEMS = AttributeKey.longKey("shop.order.items");

    record Status(String service, String status) {
    }

    record Confirmation(String orderId, BigDecimal total, String currency, String status) {
    }

    private final Pricing pricing;
    private final OrderStore orders;

    CheckoutResource(Pricing pricing, OrderStore orders) {
        this.pricing = pricing;
        this.orders = orders;
    }

    @GET
    @NonBlocking
    public Status status() {
        return new Status("Checkout Service", "UP");
    }

    @POST
    @Path("process")
    public Uni<Confirmation> process(JsonNode body) {
        var request = OrderRequest.of(body);
        var span = Span.current()
                .setAttribute(ORDER_CURRENCY, request.userCurrency())
                .setAttribute(ORDER_ITEMS, (long) request.items().size());
        return pricing.lines(request).map(lines -> {
            var order = Order.placed(UUID.randomUUID().toString(), request, lines, Instant.now().truncatedTo(ChronoUnit.MILLIS));
            orders.add(order);
            span.setAttribute(ORDER_ID, order.orderId()).setAttribute(ORDER_TOTAL, order.total().doubleValue());
            try (var _ = LogFields.of(ORDER_ID, order.orderId())) {
                Log.info("Took an order");
            }
            return new Confirmation(order.orderId(), order.total(), order.userCurrency(), order.status());
        });
    }

    @GET
    @Path("order/{id}")
    @NonBlocking
    public Order order(@PathParam("id") String id) {
        Span.current().setAttribute(ORDER_ID, id);
        return orders.find(id).orElseThrow(() -> HttpError.notFound("Order not found"));
    }
}
