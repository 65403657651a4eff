package org.debugshop.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.debugshop.defaults.data.StorableText;
import org.debugshop.defaults.http.IdempotencyKey;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/**
 * Takes orders: reserves what they want, has checkout place them, and gives up the reservation when checkout has certainly not placed an
 * order with it (docs/orders.md, "Who holds a reservation"). An order that cannot be read here is left to checkout to refuse.
 */
@Path("/checkout")
public class CheckoutResource {

    /** On the answer for an order that an earlier request with the same key has placed. */
    static final String REPLAYED = "Idempotent-Replayed";
    private static final String RESERVATIONS = "reservations";
    private static final String NEW_ORDER = null;
    private static final String REPEATED_ONLY = "only";
    private static final int MAX_ITEMS = 100;
    private static final int MAX_QUANTITY = 1000;
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private final CheckoutClient checkout;
    private final Inventory inventory;
    private final ObjectMapper json;
    private final Upstream upstream = Upstream.named("checkout");

    CheckoutResource(@RestClient CheckoutClient checkout, Inventory inventory, ObjectMapper json) {
        this.checkout = checkout;
        this.inventory = inventory;
        this.json = json;
    }

    /** @param keys of the caller's, with which a repeated request gets the answer of the first one; at most one */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<Response> checkout(@HeaderParam(IdempotencyKey.HEADER) List<String> keys, byte[] body) {
        var key = IdempotencyKey.of(keys);
        var order = read(body);
        // Before anything is reserved: checkout refuses such texts too.
        order.ifPresent(StorableText::require);
        // An order takes the reservation that was made for it here, and no other.
        var plain = order.filter(sent -> sent.remove(RESERVATIONS) != null).map(this::write).orElse(body);
        var wanted = order.flatMap(CheckoutResource::pieces);
        if (wanted.isEmpty()) {
            return process(key.orElse(null), NEW_ORDER, plain);
        }
        // The same for both, so that neither does anything twice.
        var ownKey = key.orElseGet(() -> UUID.randomUUID().toString());
        var attempt = UUID.randomUUID().toString();
        return inventory.reserve(ownKey, attempt, wanted.get())
                .flatMap(reservation -> reservation
                        .map(id -> processReserved(ownKey, attempt, id, order.get()))
                        .orElseGet(() -> process(ownKey, NEW_ORDER, plain)))
                .onFailure(failure -> key.isPresent() && isSoldOut(failure))
                .recoverWithUni(soldOut -> unlessRepeated(ownKey, plain, soldOut));
    }

    /** The attempt holds the reservation unless it has certainly placed no order: then it is given up. */
    private Uni<Response> processReserved(String key, String attempt, String reservation, ObjectNode order) {
        order.putArray(RESERVATIONS).add(reservation);
        return process(key, NEW_ORDER, write(order))
                .call(answer -> answer.getHeaderString(REPLAYED) == null ? Uni.createFrom().voidItem() : inventory.giveUp(attempt))
                .onFailure(CheckoutResource::isNotPlaced).call(() -> inventory.giveUp(attempt));
    }

    /** A product may be sold out because this very order has taken it. */
    private Uni<Response> unlessRepeated(String key, byte[] body, Throwable soldOut) {
        return process(key, REPEATED_ONLY, body).onFailure(failure -> status(failure) == NOT_FOUND).transform(_ -> soldOut);
    }

    private Uni<Response> process(String key, String replay, byte[] body) {
        return PassThroughResource.answer(upstream, checkout.process(key, replay, body))
                .onFailure(CheckoutResource::isNotPlaced).invoke(failure -> ((UpstreamFailure) failure).nothingWasDone());
    }

    private static boolean isNotPlaced(Throwable failure) {
        return failure instanceof UpstreamFailure told && told.didNothing();
    }

    private static boolean isSoldOut(Throwable failure) {
        return status(failure) == CONFLICT;
    }

    /** The status code of the upstream's refusal, or 0 if this is no refusal. */
    private static int status(Throwable failure) {
        return failure instanceof UpstreamFailure told && UpstreamFailure.isRefusal(failure) ? told.upstreamStatus() : 0;
    }

    private Optional<ObjectNode> read(byte[] body) {
        try {
            return json.readTree(body) instanceof ObjectNode order ? Optional.of(order) : Optional.empty();
        } catch (IOException notJson) {
            return Optional.empty();
        }
    }

    /** Of each product, if all items can be read. */
    private static Optional<Map<Integer, Integer>> pieces(ObjectNode order) {
        if (order.path("items").size() > MAX_ITEMS) {
            return Optional.empty();
        }
        SortedMap<Integer, Integer> pieces = new TreeMap<>();
        for (var item : order.path("items")) {
            if (!isFrom1To(Integer.MAX_VALUE, item.path("product_id")) || !isFrom1To(MAX_QUANTITY, item.path("quantity"))) {
                return Optional.empty();
            }
            pieces.merge(item.get("product_id").intValue(), item.get("quantity").intValue(), Integer::sum);
        }
        return pieces.isEmpty() ? Optional.empty() : Optional.of(pieces);
    }

    private static boolean isFrom1To(int most, JsonNode number) {
        return number.isIntegralNumber() && number.canConvertToInt() && number.intValue() >= 1 && number.intValue() <= most;
    }

    private byte[] write(ObjectNode order) {
        try {
            return json.writeValueAsBytes(order);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
