package org.debugshop.checkout;

import static java.util.Objects.requireNonNull;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.math.BigDecimal;
import org.eclipse.microprofile.rest.client.annotation.RegisterProvider;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

@RegisterRestClient(configKey = "currency")
@RegisterProvider(CurrencyAddress.class)
interface CurrencyClient {

    /** @param rate units of the target currency for one unit of the source currency */
    record Conversion(BigDecimal rate) {

        public Conversion {
            requireNonNull(rate);
        }
    }

    @GET
    @Path("/convert")
    Uni<Conversion> rate(@QueryParam("from") String from, @QueryParam("to") String to);
}
