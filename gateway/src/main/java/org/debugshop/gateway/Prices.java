package org.debugshop.gateway;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
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
    private final MeterProvider<DistributionSummary> rates;
    private final Upstream upstream = Upstream.named("currency");

    Prices(@RestClient CurrencyClient client, MeterRegistry registry) {
        this.client = client;
        this.rates = DistributionSummary.builder("shop.conversion.rate")
                .description("The rates by which prices in dollars are converted to other currencies").withRegistry(registry);
    }

    /** Returns the units of {@code wanted} for one unit of the catalog's currency. */
    Uni<BigDecimal> rate(String wanted) {
        return wanted.equals(CATALOG_CURRENCY)
                ? Uni.createFrom().item(BigDecimal.ONE)
                : upstream.call(client.rate(CATALOG_CURRENCY, wanted)).map(CurrencyClient.Conversion::rate)
                        .invoke(rate -> rates.withTag("currency", wanted).record(rate.doubleValue()));
    }
}
