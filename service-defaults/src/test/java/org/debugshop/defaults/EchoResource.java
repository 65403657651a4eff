package org.debugshop.defaults;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.AttributeKey;
import io.quarkus.logging.Log;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.telemetry.Failure;
import org.debugshop.defaults.telemetry.LogFields;
import org.debugshop.defaults.upstream.Upstream;

/** A resource that does what services do, to test what they share. */
@Path("/echo")
public class EchoResource {

    public static final AttributeKey<String> REASON = AttributeKey.stringKey("shop.test.reason");

    record Order(int productId, Integer quantity, BigDecimal price, Instant placedAt) {}

    @POST
    @Path("order")
    public Order order(Order order) {
        return order;
    }

    @POST
    @Path("tree")
    public JsonNode tree(JsonNode tree) {
        return tree;
    }

    @POST
    @Path("tree-on-the-event-loop")
    @NonBlocking
    public JsonNode treeOnTheEventLoop(JsonNode tree) {
        return tree;
    }

    @GET
    @Path("int/{number}")
    public int number(@PathParam("number") int number) {
        return number;
    }

    @GET
    @Path("refused")
    public String refused() {
        Failure.startsHere("out_of_patience", REASON, "No more patience");
        try (var _ = LogFields.of(REASON, "No more patience")) {
            Log.warn("Refused a request");
        }
        throw new HttpError(401, "No more patience");
    }

    @GET
    @Path("upstream-away")
    public Uni<String> upstreamAway() {
        return new Upstream("thing-service", Duration.ofSeconds(20)).call(Uni.createFrom().failure(new ConnectException("refused")));
    }

    @GET
    @Path("broken")
    public String broken() {
        throw new IllegalStateException("secret detail");
    }
}
