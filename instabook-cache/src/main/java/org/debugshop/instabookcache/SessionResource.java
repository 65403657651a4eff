package org.debugshop.instabookcache;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.debugshop.defaults.http.HttpError;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Booking sessions, for requests with the API token, which {@link TokenCheck} checks first. */
@Path("/cache/session")
@Produces(MediaType.APPLICATION_JSON)
public class SessionResource {

    static final AttributeKey<String> SESSION_ID = AttributeKey.stringKey("shop.session.id");
    static final AttributeKey<String> BOOKING_ID = AttributeKey.stringKey("shop.booking.id");

    private final CacheState state;
    private final ObjectMapper json;

    SessionResource(CacheState state, ObjectMapper json) {
        this.state = state;
        this.json = json;
    }

    @GET
    @Path("{id}")
    public Uni<byte[]> read(@PathParam("id") String id) {
        Span.current().setAttribute(SESSION_ID, id);
        return state.get(id).map(found -> found.orElseThrow(() -> HttpError.notFound("Session not found")));
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @ResponseStatus(201)
    public Uni<byte[]> store(byte[] body) {
        var session = NewSession.of(json, body);
        Span.current().setAttribute(SESSION_ID, session.id()).setAttribute(BOOKING_ID, session.bookingId());
        var stored = session.toJson(Instant.now().truncatedTo(ChronoUnit.MILLIS));
        return state.put(session.id(), stored).replaceWith(stored);
    }
}
