package org.debugshop.checkout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.debugshop.defaults.Sha256;
import org.debugshop.defaults.data.StorableText;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.http.IdempotencyKey;
import org.debugshop.defaults.telemetry.LogFields;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class CheckoutResource {

    static final AttributeKey<String> ORDER_ID = AttributeKey.stringKey("shop.order.id");
    static final AttributeKey<String> ORDER_CURRENCY = AttributeKey.stringKey("shop.order.currency");
    static final AttributeKey<Double> ORDER_TOTAL = AttributeKey.doubleKey("shop.order.total");
    static final AttributeKey<List<Long>> PRODUCT_IDS = AttributeKey.longArrayKey("shop.product.ids");
    static final AttributeKey<Long> ORDER_ITEMS = AttributeKey.longKey("shop.order.items");

    record Status(String service, String status) {}

    record Confirmation(String orderId, BigDecimal total, String currency, String status) {}

    /** @param repeated whether an earlier request has placed it */
    private record Placed(Order order, boolean repeated) {}

    /** @param kept the reservations that belong to an order */
    record Kept(List<String> kept) {}

    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 100;

    private final Pricing pricing;
    private final OrderStore orders;
    private final ObjectMapper json;
    private final MeterProvider<DistributionSummary> amounts;

    CheckoutResource(Pricing pricing, OrderStore orders, ObjectMapper json, MeterRegistry registry) {
        this.pricing = pricing;
        this.orders = orders;
        this.json = json;
        this.amounts = DistributionSummary.builder("shop.order.amount").description("The totals of the orders that were taken")
                .withRegistry(registry);
    }

    @GET
    @NonBlocking
    public Status status() {
        return new Status("Checkout Service", "UP");
    }

    /**
     * Takes an order. With a key, a repeated request gets the answer of the first one and the header {@code Idempotent-Replayed}. A
     * failure with {@code Retry-After}, or a 4xx, means that this request placed no order and won't place one.
     *
     * @param replay {@code only}: take no new order; 404 if there is none with this key
     */
    @POST
    @Path("process")
    public Uni<RestResponse<Confirmation>> process(@HeaderParam(IdempotencyKey.HEADER) List<String> keys,
            @QueryParam("replay") String replay, JsonNode body) {
        var key = IdempotencyKey.of(keys);
        return place(OrderRequest.of(body), key, replay).map(placed -> answer(200, confirmation(placed.order()), placed));
    }

    /**
     * Takes the order of a user who has an account. It is answered with the whole order, and otherwise as that of a visitor.
     *
     * @param replay as for {@link #process}
     */
    @POST
    @Path("orders")
    public Uni<RestResponse<Order>> create(@HeaderParam(IdempotencyKey.HEADER) List<String> keys, @QueryParam("replay") String replay,
            JsonNode body) {
        var key = IdempotencyKey.of(keys);
        return place(OrderRequest.ofUser(body), key, replay).map(placed -> answer(201, placed.order(), placed));
    }

    private Uni<Placed> place(OrderRequest request, Optional<String> key, String replay) {
        var fingerprint = fingerprint(request);
        Span.current()
                .setAttribute(ORDER_CURRENCY, request.userCurrency())
                .setAttribute(ORDER_ITEMS, (long) request.items().size())
                .setAttribute(PRODUCT_IDS, request.items().stream().map(item -> (long) item.productId()).distinct().sorted().toList());
        // Before pricing: a repeated request must work even if prices are unavailable.
        var repeated = key.map(known -> orders.repeated(known, fingerprint)).orElseGet(() -> Uni.createFrom().item(Optional.empty()));
        return repeated.flatMap(known -> known.isPresent() || "only".equals(replay)
                ? Uni.createFrom().item(new Placed(known.orElseThrow(CheckoutResource::notFound), true))
                : take(request, key, fingerprint)).invoke(placed -> Span.current()
                        .setAttribute(ORDER_ID, placed.order().orderId())
                        .setAttribute(ORDER_TOTAL, placed.order().total().doubleValue()));
    }

    /**
     * Releases expired reservations, at inventory's request. Those that belong to an order are kept until the order is sold. After
     * this answer, no order can take any of the others.
     */
    @POST
    @Path("reservations/release")
    public Uni<Kept> release(JsonNode body) {
        if (body == null || !body.path("reservation_ids").isArray() || body.get("reservation_ids").isEmpty()) {
            throw HttpError.badRequest("reservation_ids must be a list of reservation ids");
        }
        StorableText.require(body);
        return orders.release(OrderRequest.reservations("reservation_ids", body.get("reservation_ids"))).map(Kept::new);
    }

    private Uni<Placed> take(OrderRequest request, Optional<String> key, String fingerprint) {
        return pricing.lines(request).onFailure(UpstreamFailure.class).invoke(UpstreamFailure::nothingWasDone)
                .flatMap(lines -> {
                    var order = Order.placed(UUID.randomUUID().toString(), request, lines, Instant.now().truncatedTo(ChronoUnit.MILLIS));
                    return orders.place(new OrderStore.Placement(order, key, fingerprint, request.reservations())).invoke(placed -> {
                        if (placed.orderId().equals(order.orderId())) {
                            amounts.withTag("currency", order.userCurrency()).record(order.total().doubleValue());
                            try (var _ = LogFields.of(ORDER_ID, order.orderId())) {
                                Log.info("Took an order");
                            }
                        }
                    }).map(placed -> new Placed(placed, !placed.orderId().equals(order.orderId())));
                });
    }

    private static Confirmation confirmation(Order order) {
        return new Confirmation(order.orderId(), order.total(), order.userCurrency(), order.status());
    }

    private static <T> RestResponse<T> answer(int status, T body, Placed placed) {
        var answer = ResponseBuilder.ok(body).status(status);
        return (placed.repeated() ? answer.header(IdempotencyKey.REPLAYED, true) : answer).build();
    }

    private String fingerprint(OrderRequest request) {
        try {
            return Sha256.hex(json.writeValueAsBytes(request.withoutReservations()));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @GET
    @Path("order/{id}")
    public Uni<Order> order(@PathParam("id") String id) {
        Span.current().setAttribute(ORDER_ID, id);
        return orders.find(id).map(found -> found.orElseThrow(CheckoutResource::notFound));
    }

    @GET
    @Path("order/{id}/receipt")
    @Produces("text/plain;charset=UTF-8")
    public Uni<String> receipt(@PathParam("id") String id) {
        Span.current().setAttribute(ORDER_ID, id);
        return orders.receipt(id).map(found -> found.orElseThrow(() -> HttpError.notFound("Receipt not found")).text());
    }

    /**
     * @param limit 1 to 100; the default is 20
     * @param cursor the {@code cursor} of the previous page
     */
    @GET
    @Path("orders")
    public Uni<OrderStore.Page> orders(@QueryParam("user_id") String userId, @QueryParam("limit") String limit,
            @QueryParam("cursor") String cursor) {
        if (userId == null || userId.isBlank()) {
            throw HttpError.badRequest("user_id is missing");
        }
        StorableText.require("user_id", userId);
        return orders.of(userId, limit(limit), cursor);
    }

    private static int limit(String text) {
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        if (!text.matches("[1-9][0-9]{0,2}") || Integer.parseInt(text) > MAX_LIMIT) {
            throw HttpError.badRequest("limit must be from 1 to " + MAX_LIMIT);
        }
        return Integer.parseInt(text);
    }

    private static HttpError notFound() {
        return HttpError.notFound("Order not found");
    }
}
