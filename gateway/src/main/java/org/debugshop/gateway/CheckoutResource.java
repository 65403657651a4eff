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
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.debugshop.defaults.HttpError;
import org.debugshop.defaults.Upstream;
import org.debugshop.defaults.UpstreamFailure;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/**
 * Takes orders: reserves what they want, has checkout take them, and gives back what was reserved for one that checkout refuses
 * (docs/orders.md). Whatever of an order it cannot read is checkout's to refuse.
 */
@Path("/checkout")
public class CheckoutResource {

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,128}");
    private static final String NEW_ORDER = null;
    private static final String REPEATED_ONLY = "only";
    private static final int MAX_ITEMS = 100;
    private static final int MAX_QUANTITY = 1000;
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;
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

    /** @param key of the caller's, with which a repeated request gets the answer of the first one */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<Response> checkout(@HeaderParam("Idempotency-Key") String key, byte[] body) {
        if (key != null && !KEY.matcher(key).matches()) {
            throw HttpError.badRequest("Invalid Idempotency-Key");
        }
        var order = read(body);
        var wanted = order.flatMap(CheckoutResource::pieces);
        if (wanted.isEmpty()) {
            return process(key, NEW_ORDER, body);
        }
        // The same for both, so that neither does anything twice.
        var ownKey = key == null ? UUID.randomUUID().toString() : key;
        return inventory.reserve(ownKey, wanted.get()).flatMap(reservation -> reservation
                .map(id -> processReserved(ownKey, id, order.get()))
                .orElseGet(() -> process(ownKey, NEW_ORDER, body)))
                .onFailure(failure -> key != null && isSoldOut(failure)).recoverWithUni(soldOut -> unlessRepeated(key, body, soldOut));
    }

    private Uni<Response> processReserved(String key, String reservation, ObjectNode order) {
        order.putArray("reservations").add(reservation);
        return process(key, NEW_ORDER, write(order))
                .flatMap(answer -> isRefused(answer.getStatus())
                        ? inventory.release(reservation).replaceWith(answer)
                        : Uni.createFrom().item(answer))
                .onFailure(CheckoutResource::isNotTaken).call(() -> inventory.release(reservation));
    }

    /** What is sold out may be so because this very order has it. */
    private Uni<Response> unlessRepeated(String key, byte[] body, Throwable soldOut) {
        return process(key, REPEATED_ONLY, body).onFailure(failure -> status(failure) == NOT_FOUND).transform(_ -> soldOut);
    }

    private Uni<Response> process(String key, String replay, byte[] body) {
        return PassThroughResource.answer(upstream, checkout.process(key, replay, body));
    }

    private static boolean isSoldOut(Throwable failure) {
        return status(failure) == CONFLICT;
    }

    private static boolean isRefused(int status) {
        return status >= CLIENT_ERROR && status < SERVER_ERROR;
    }

    /** Whether there is no order for certain. Of a request that checkout may have got, without an answer, nothing is known. */
    private static boolean isNotTaken(Throwable failure) {
        return isRefused(status(failure)) || failure instanceof UpstreamFailure told && told.neverArrived();
    }

    /** With which a service below refused; 0 when it is not that. */
    private static int status(Throwable failure) {
        return failure instanceof UpstreamFailure told && Inventory.isRefusal(failure) ? told.upstreamStatus() : 0;
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
