package org.debugshop.gateway;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.trace.Span;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.debugshop.defaults.data.StorableText;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.http.IdempotencyKey;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.gateway.edge.Protected;
import org.debugshop.gateway.edge.UserHeaders;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/** The orders of the authenticated user. An order of another user is answered as one that doesn't exist. */
@Path("/api/v1")
@Protected
public class ApiOrdersResource {

    record Created(CreatedOrder order, BigDecimal amount, String currency) {}

    /** @param status {@code pending} or {@code paid} */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CreatedOrder(String id, String userId, List<Integer> productIds, String status, String paymentId) {}

    /** @param status {@code pending} or {@code paid} */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record OwnOrder(String id, String userId, List<Integer> productIds, String status, String paymentId, BigDecimal amount,
            String currency, String createdAt) {

        static OwnOrder of(Order order) {
            return new OwnOrder(order.orderId(), order.userId(), order.productIds(), order.status(), order.paymentId(), order.total(),
                    order.userCurrency(), order.timestamp());
        }
    }

    /** @param cursor the start of the next page; null on the last page */
    record OwnOrders(List<OwnOrder> orders, String cursor) {}

    private static final int CREATED = 201;

    private final Checkout checkout;
    private final CheckoutClient client;
    private final ObjectMapper json;
    private final Upstream upstream = Upstream.named("checkout");

    ApiOrdersResource(Checkout checkout, @RestClient CheckoutClient client, ObjectMapper json) {
        this.checkout = checkout;
        this.client = client;
        this.json = json;
    }

    /** @param keys the caller's Idempotency-Key headers, at most one; a repeated request gets the first request's answer */
    @POST
    @Path("order/create")
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<RestResponse<Created>> create(@HeaderParam(UserHeaders.ID) String userId, @HeaderParam(UserHeaders.NAME) String userName,
            @HeaderParam(IdempotencyKey.HEADER) List<String> keys, JsonNode body) {
        var key = IdempotencyKey.of(keys);
        if (body == null || !body.isObject()) {
            throw HttpError.badRequest("The body must be a JSON object with product_ids");
        }
        var currency = currency(body.path("currency"));
        var span = Span.current();
        span.setAttribute(ShopResource.CURRENCY, currency);
        return checkout.create(key, SentOrder.ofProducts(json, userId, currency, productIds(body.path("product_ids"))), userId, userName)
                .invoke(answer -> span.setAttribute(PassThroughResource.ORDER_ID, answer.getEntity().orderId()))
                .map(ApiOrdersResource::created);
    }

    private static RestResponse<Created> created(RestResponse<Order> below) {
        var order = below.getEntity();
        return ResponseBuilder
                .create(RestResponse.Status.fromStatusCode(CREATED),
                        new Created(
                                new CreatedOrder(order.orderId(), order.userId(), order.productIds(), order.status(), order.paymentId()),
                                order.total(), order.userCurrency()))
                .header(IdempotencyKey.REPLAYED, below.getHeaderString(IdempotencyKey.REPLAYED))
                .build();
    }

    @GET
    @Path("order/{id}")
    public Uni<OwnOrder> order(@HeaderParam(UserHeaders.ID) String userId, @HeaderParam(UserHeaders.NAME) String userName,
            @PathParam("id") String id) {
        Span.current().setAttribute(PassThroughResource.ORDER_ID, id);
        return upstream.call(client.orderFor(userId, userName, id)).map(order -> {
            if (!userId.equals(order.userId())) {
                throw HttpError.notFound("Order not found");
            }
            return OwnOrder.of(order);
        });
    }

    @GET
    @Path("orders")
    public Uni<OwnOrders> orders(@HeaderParam(UserHeaders.ID) String userId, @HeaderParam(UserHeaders.NAME) String userName,
            @QueryParam("limit") String limit, @QueryParam("cursor") String cursor) {
        return upstream.call(client.ordersOf(userId, userName, userId, limit, cursor))
                .map(page -> new OwnOrders(page.orders().stream().map(OwnOrder::of).toList(), page.cursor()));
    }

    private static String currency(JsonNode currency) {
        if (currency.isMissingNode() || currency.isNull()) {
            return Prices.CATALOG_CURRENCY;
        }
        if (!currency.isTextual()) {
            throw HttpError.badRequest("currency must be a text");
        }
        StorableText.require("currency", currency.textValue());
        return currency.textValue();
    }

    private static List<Integer> productIds(JsonNode ids) {
        if (ids.isMissingNode() || ids.isNull()) {
            throw HttpError.badRequest("Missing required field: product_ids");
        }
        if (!ids.isArray() || ids.isEmpty() || ids.size() > SentOrder.MAX_PRODUCTS) {
            throw HttpError.badRequest("product_ids must be a list of 1 to " + SentOrder.MAX_PRODUCTS + " product ids");
        }
        List<Integer> productIds = new ArrayList<>(ids.size());
        for (var id : ids) {
            if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 1) {
                throw HttpError.badRequest("Each of product_ids must be an integer from 1 to " + Integer.MAX_VALUE);
            }
            productIds.add(id.intValue());
        }
        return productIds;
    }
}
