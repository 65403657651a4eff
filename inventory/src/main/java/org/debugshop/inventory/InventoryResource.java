package org.debugshop.inventory;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.http.IdempotencyKey;

@Path("/")
public class InventoryResource {

    static final AttributeKey<Long> PRODUCT_ID = AttributeKey.longKey("shop.product.id");
    static final AttributeKey<List<Long>> PRODUCT_IDS = AttributeKey.longArrayKey("shop.product.ids");
    static final AttributeKey<String> RESERVATION_ID = AttributeKey.stringKey("shop.reservation.id");

    private static final Pattern ID = Pattern.compile("RES-[0-9a-f-]{36}");
    private static final int MAX_PRODUCTS = 100;

    record Status(String service, String status) {}

    record Item(String productId, int quantity) {}

    /**
     * A reservation. {@code productId} and {@code reserved} are set for a single product, {@code items} for a list; the others are
     * absent.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Reservation(String productId, Integer reserved, String reservationId, List<Item> items) {}

    record Released(String status) {}

    private final Warehouse warehouse;
    private final ObjectMapper json;

    InventoryResource(Warehouse warehouse, ObjectMapper json) {
        this.warehouse = warehouse;
        this.json = json;
    }

    @GET
    @NonBlocking
    public Status status() {
        return new Status("Inventory Service", "UP");
    }

    @GET
    @Path("inventory/{product_id}")
    public Uni<Stock> stock(@PathParam("product_id") String productId) {
        var id = ProductQuantities.parse(productId);
        Span.current().setAttribute(PRODUCT_ID, (long) id);
        return warehouse.stock(List.of(id))
                .map(found -> found.stream().findFirst().orElseThrow(() -> HttpError.notFound("Product not found")));
    }

    /** @param productIds at most 100 ids, separated by commas; unknown products are left out of the answer */
    @GET
    @Path("inventory")
    public Uni<List<Stock>> stocks(@QueryParam("product_ids") String productIds) {
        var ids = productIds == null || productIds.isBlank()
                ? List.<Integer>of()
                : List.copyOf(new TreeSet<>(Arrays.stream(productIds.split(",", MAX_PRODUCTS + 1)).map(ProductQuantities::parse).toList()));
        return warehouse.stock(ids);
    }

    /**
     * Reserves all items or none. With a key, a repeated request gets the reservation of the first one. With an {@code attempt} in
     * the body, the reservation belongs to an order that is about to be placed, and is released only by a {@link #release} of that
     * attempt.
     */
    @POST
    @Path("inventory/reserve")
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<Reservation> reserve(@HeaderParam(IdempotencyKey.HEADER) List<String> keys, byte[] request) {
        var key = IdempotencyKey.of(keys);
        var body = read(request);
        var items = ProductQuantities.of(body);
        var attempt = body.has("attempt") ? Optional.of(attempt(body)) : Optional.<String>empty();
        var span = Span.current().setAttribute(PRODUCT_IDS, items.productIds());
        return warehouse.reserve(items, key, attempt).map(id -> {
            span.setAttribute(RESERVATION_ID, id);
            return body.has("items")
                    ? new Reservation(null, null, id,
                            items.pieces().entrySet().stream().map(item -> new Item(item.getKey().toString(), item.getValue())).toList())
                    : new Reservation(items.pieces().firstKey().toString(), items.pieces().get(items.pieces().firstKey()), id, null);
        });
    }

    /**
     * Releases one of three things: the reservation of an attempt that placed no order, a reservation that belongs to no order, or
     * a number of pieces of such reservations. Reservations that are already released or sold don't change.
     */
    @POST
    @Path("inventory/release")
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<Released> release(byte[] request) {
        return released(read(request)).replaceWith(new Released("released"));
    }

    /** @throws HttpError 400 if this is not JSON */
    private JsonNode read(byte[] request) {
        try {
            return request == null ? null : json.readTree(request);
        } catch (IOException unreadable) {
            throw ProductQuantities.invalid();
        }
    }

    private Uni<?> released(JsonNode body) {
        var span = Span.current();
        if (body != null && body.has("attempt")) {
            return warehouse.giveUp(attempt(body)).invoke(found -> found.ifPresent(id -> span.setAttribute(RESERVATION_ID, id)));
        }
        if (body != null && body.path("reservation_id").isTextual()) {
            var id = body.get("reservation_id").textValue();
            if (!ID.matcher(id).matches()) {
                throw HttpError.notFound("Reservation not found");
            }
            span.setAttribute(RESERVATION_ID, id);
            return warehouse.release(id);
        }
        return warehouse.release(ProductQuantities.of(body));
    }

    private static String attempt(JsonNode body) {
        var attempt = body.get("attempt").textValue();
        if (!IdempotencyKey.isKey(attempt)) {
            throw HttpError.badRequest("attempt must be a text of 1 to 128 visible ASCII characters");
        }
        return attempt;
    }
}
