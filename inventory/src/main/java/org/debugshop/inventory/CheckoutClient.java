package org.debugshop.inventory;

import static java.util.Objects.requireNonNull;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.util.List;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

@RegisterRestClient(configKey = "checkout")
interface CheckoutClient {

    record Expired(List<String> reservationIds) {}

    /** @param kept the reservations that belong to an order */
    record Kept(List<String> kept) {

        public Kept {
            requireNonNull(kept);
        }
    }

    /** Releases reservations. After the answer, no order can take a reservation that isn't in {@code kept}. */
    @POST
    @Path("/reservations/release")
    Uni<Kept> release(Expired expired);
}
