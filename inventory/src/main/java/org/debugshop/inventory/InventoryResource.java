package org.debugshop.inventory;

import com.fasterxml.jackson.annotation.JsonInclude;
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
import jakarta.ws.rs.QueryParam;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.debugshop.defaults.HttpError;

@Path("/")
public class InventoryResource {

    static final AttributeKey<Long> PRODUCT_ID = AttributeKey.longKey("shop.product.id");
    static final AttributeKey<String> RESERVATION_ID = AttributeKey.stringKey("shop.reservation.id");

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,128}");
    private static final int MAX_PRODUCTS = 100;

    record Status(String service, String status) {}

    record Item(String productId, int quantity) {}

    /** Of one product {@code productId} and {@code reserved}, of a list {@code items}; the others are absent. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Reservation(String productId, Integer reserved, String reservationId, List<Item> items) {}

    record Released(String status) {}

    private final Warehouse warehouse;

    InventoryResource(Warehouse warehouse) {
        this.warehouse = warehouse;
    }

    @GET
    @NonBlocking
    public Status status() {
        return new Status("Inventory Service", "UP");
    }

    @GET
    @Path("inventory/{product_id}")
    public Uni<Stock> stock(@PathParam("product_id") String productId) {
        var id = Items.parse(productId);
        Span.current().setAttribute(PRODUCT_ID, (long) id);
        return warehouse.stock(List.of(id))
                .map(found -> found.stream().findFirst().orElseThrow(() -> HttpError.notFound("Product not found")));
    }

    /** @param productIds separated by commas, at most 100; products that there are not are left out */
    @GET
    @Path("inventory")
    public Uni<List<Stock>> stocks(@QueryParam("product_ids") String productIds) {
        var ids = productIds == null || productIds.isBlank()
                ? List.<Integer>of()
                : List.copyOf(new TreeSet<>(Arrays.stream(productIds.split(",", MAX_PRODUCTS + 1)).map(Items::parse).toList()));
        return warehouse.stock(ids);
    }

    /** All or nothing. With a key, a repeated request gets the reservation of the first one. */
    @POST
    @Path("inventory/reserve")
    public Uni<Reservation> reserve(@HeaderParam("Idempotency-Key") String key, JsonNode body) {
        if (key != null && !KEY.matcher(key).matches()) {
            throw HttpError.badRequest("Invalid Idempotency-Key");
        }
        var items = Items.of(body);
        var span = Span.current();
        return warehouse.reserve(items, Optional.ofNullable(key)).map(id -> {
            span.setAttribute(RESERVATION_ID, id);
            return body.has("items")
                    ? new Reservation(null, null, id,
                            items.pieces().entrySet().stream().map(item -> new Item(item.getKey().toString(), item.getValue())).toList())
                    : new Reservation(items.pieces().firstKey().toString(), items.pieces().get(items.pieces().firstKey()), id, null);
        });
    }

    /** Gives back a reservation, or so many pieces that nobody has bought; what was given back or sold already stays as it is. */
    @POST
    @Path("inventory/release")
    public Uni<Released> release(JsonNode body) {
        if (body != null && body.path("reservation_id").isTextual()) {
            var id = body.get("reservation_id").textValue();
            Span.current().setAttribute(RESERVATION_ID, id);
            return warehouse.release(id).replaceWith(new Released("released"));
        }
        return warehouse.release(Items.of(body)).replaceWith(new Released("released"));
    }
}
