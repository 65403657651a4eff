package org.debugshop.gateway;

import static java.util.Objects.requireNonNull;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

@RegisterRestClient(configKey = "inventory")
interface InventoryClient {

    /** The stock of a product. */
    record Stock(String productId, int quantity, int reserved, int available) {

        public Stock {
            requireNonNull(productId);
        }
    }

    record Item(String productId, int quantity) {}

    /** @param attempt the id of the attempt to place an order; the attempt holds the reservation until it is released */
    record Wanted(List<Item> items, String attempt) {}

    record Attempt(String attempt) {}

    record Reservation(String reservationId) {

        public Reservation {
            requireNonNull(reservationId);
        }
    }

    /** @param productIds the ids, separated by commas */
    @GET
    @Path("/inventory")
    Uni<List<Stock>> stock(@QueryParam("product_ids") String productIds);

    @POST
    @Path("/inventory/reserve")
    Uni<Reservation> reserve(@HeaderParam("Idempotency-Key") String key, Wanted wanted);

    @POST
    @Path("/inventory/release")
    Uni<Void> release(Attempt attempt);
}
