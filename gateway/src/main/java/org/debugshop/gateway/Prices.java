package org.debugshop.gateway;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import org.debugshop.defaults.upstream.Upstream;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** Fetches the rates by which prices are converted. */
@Singleton
class Prices {

    /** The currency of the catalog's prices. */
    static final String CATALOG_CURRENCY = "USD";

    private final CurrencyClient client;
    private final Upstream upstream = Upstream.named("currency");

    Prices(@RestClient CurrencyClient client) {
        this.client = client;
    }

    /** Returns the units of {@code wanted} for one unit of the catalog's currency. */
    Uni<BigDecimal> rate(String wanted) {
        return wanted.equals(CATALOG_CURRENCY)
                ? Uni.createFrom().item(BigDecimal.ONE)
                : upstream.call(client.rate(CATALOG_CURRENCY, wanted)).map(CurrencyClient.Conversion::rate);
    }
}
