package org.debugshop.instabook;

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
import org.jboss.resteasy.reactive.ResponseStatus;

/** Bookings, whose sessions the cache keeps. */
@Path("/booking/session")
@Produces(MediaType.APPLICATION_JSON)
public class BookingResource {

    static final AttributeKey<String> SESSION_ID = AttributeKey.stringKey("shop.session.id");
    static final AttributeKey<String> BOOKING_ID = AttributeKey.stringKey("shop.booking.id");

    private final SessionCache cache;

    BookingResource(SessionCache cache) {
        this.cache = cache;
    }

    @GET
    @Path("{id}")
    public Uni<String> read(@PathParam("id") String id) {
        Span.current().setAttribute(SESSION_ID, id);
        return cache.read(id);
    }

    @POST
    @ResponseStatus(201)
    public Uni<String> store(JsonNode body) {
        var session = NewSession.of(body);
        Span.current().setAttribute(SESSION_ID, session.id()).setAttribute(BOOKING_ID, session.bookingId());
        return cache.store(session);
    }
}
