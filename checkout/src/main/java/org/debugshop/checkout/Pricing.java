package org.debugshop.checkout;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.debugshop.defaults.upstream.Deadline;
import org.debugshop.defaults.upstream.Upstream;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** Prices the items of an order in the customer's currency. */
@Singleton
class Pricing {

    /** How many products of one order, which has up to 100, are requested from the catalog at the same time. */
    private static final int CONCURRENCY = 8;

    private final ProductCatalogClient catalog;
    private final CurrencyClient currency;
    private final CatalogLookup lookup;
    private final Faults faults;
    private final Upstream catalogUpstream = Upstream.named("product-catalog");
    private final Upstream currencyUpstream = Upstream.named("currency");

    Pricing(@RestClient ProductCatalogClient catalog, @RestClient CurrencyClient currency, CatalogLookup lookup, Faults faults) {
        this.catalog = catalog;
        this.currency = currency;
        this.lookup = lookup;
        this.faults = faults;
    }

    /**
     * Prices the items. An order is never priced in any other currency than the customer's.
     *
     * @return a line for each item, in the same order; fails if a product or the currency doesn't exist or can't be requested
     */
    Uni<List<Order.Line>> lines(OrderRequest request) {
        var deadline = Deadline.beforeTheCallers();
        return (faults.lookUps().isOn() ? lookup.products(request, deadline) : products(request, deadline))
                .flatMap(products -> rates(products, request.userCurrency(), deadline).map(rates -> request.items().stream()
                        .map(item -> {
                            var product = products.get(item.productId());
                            return Order.Line.of(product, money(product.price().multiply(rates.get(product.currency()))),
                                    request.userCurrency(), item.quantity());
                        })
                        .toList()));
    }

    private Uni<Map<Integer, Product>> products(OrderRequest request, Deadline deadline) {
        return Multi.createFrom().items(request.items().stream().map(OrderRequest.Item::productId).distinct())
                .onItem()
                .transformToUni(id -> catalogUpstream.until(deadline).call(catalog.product(id)).map(product -> Map.entry(id, product)))
                .merge(CONCURRENCY)
                .collect().asMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    /** Returns the rate to {@code wanted} for each currency of these products. */
    private Uni<Map<String, BigDecimal>> rates(Map<Integer, Product> products, String wanted, Deadline deadline) {
        var currencies = products.values().stream().map(Product::currency).collect(Collectors.toSet());
        return Multi.createFrom().iterable(currencies)
                .onItem().transformToUni(from -> rate(from, wanted, deadline).map(rate -> Map.entry(from, rate))).merge()
                .collect().asMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    private Uni<BigDecimal> rate(String from, String to, Deadline deadline) {
        return from.equals(to)
                ? Uni.createFrom().item(BigDecimal.ONE)
                : currencyUpstream.until(deadline).call(currency.rate(from, to)).map(CurrencyClient.Conversion::rate);
    }

    private static BigDecimal money(BigDecimal amount) {
        return amount.setScale(2, RoundingMode.HALF_UP);
    }
}
