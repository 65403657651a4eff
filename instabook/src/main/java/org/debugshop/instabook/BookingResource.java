package org.debugshop.instabook;

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
import org.jboss.resteasy.reactive.ResponseStatus;

/** Booking sessions, which the cache stores. */
@Path("/booking/session")
@Produces(MediaType.APPLICATION_JSON)
public class BookingResource {

    static final AttributeKey<String> SESSION_ID = AttributeKey.stringKey("shop.session.id");
    static final AttributeKey<String> BOOKING_ID = AttributeKey.stringKey("shop.booking.id");

    private final SessionCache cache;
    private final ObjectMapper json;

    BookingResource(SessionCache cache, ObjectMapper json) {
        this.cache = cache;
        this.json = json;
    }

    @GET
    @Path("{id}")
    public Uni<String> read(@PathParam("id") String id) {
        Span.current().setAttribute(SESSION_ID, id);
        return cache.read(id);
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @ResponseStatus(201)
    public Uni<String> store(byte[] body) {
        var session = NewSession.of(json, body);
        Span.current().setAttribute(SESSION_ID, session.id()).setAttribute(BOOKING_ID, session.bookingId());
        return cache.store(session);
    }
}
