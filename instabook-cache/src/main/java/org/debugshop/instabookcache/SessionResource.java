package org.debugshop.instabookcache;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.debugshop.defaults.HttpError;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Booking sessions, for those with the token: {@link TokenCheck} stands before it. */
@Path("/cache/session")
@Produces(MediaType.APPLICATION_JSON)
public class SessionResource {

    static final AttributeKey<String> SESSION_ID = AttributeKey.stringKey("shop.session.id");
    static final AttributeKey<String> BOOKING_ID = AttributeKey.stringKey("shop.booking.id");

    private final CacheState state;

    SessionResource(CacheState state) {
        this.state = state;
    }

    @GET
    @Path("{id}")
    public Uni<byte[]> read(@PathParam("id") String id) {
        Span.current().setAttribute(SESSION_ID, id);
        return state.get(id).map(found -> found.orElseThrow(() -> HttpError.notFound("Session not found")));
    }

    @POST
    @ResponseStatus(201)
    public Uni<byte[]> store(JsonNode body) {
        var session = NewSession.of(body);
        Span.current().setAttribute(SESSION_ID, session.id()).setAttribute(BOOKING_ID, session.bookingId());
        var json = session.toJson(Instant.now().truncatedTo(ChronoUnit.MILLIS));
        return state.put(session.id(), json).replaceWith(json);
    }
}
