package org.debugshop.payments;

import static java.util.Objects.requireNonNull;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.math.BigDecimal;
import java.util.UUID;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

@RegisterRestClient(configKey = "checkout")
interface CheckoutClient {

    /** The part of an order that a payment needs. An answer without any of these members is unreadable. */
    record Order(String userId, BigDecimal total, String userCurrency, String paymentStatus) {

        private static final String PAID = "paid";

        public Order {
            requireNonNull(userId);
            requireNonNull(total);
            requireNonNull(userCurrency);
            requireNonNull(paymentStatus);
        }

        boolean isPaid() {
            return paymentStatus.equals(PAID);
        }

        Order paid(boolean paid) {
            return new Order(userId, total, userCurrency, paid ? PAID : "unpaid");
        }
    }

    @GET
    @Path("/order/{id}")
    Uni<Order> order(@PathParam("id") UUID id);
}
