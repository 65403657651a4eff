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

/** Finds out what the items of an order cost, in the customer's currency. */
@Singleton
class Pricing {

    /** An order has up to 100 items; the catalog gets at most this many questions at a time from one of them. */
    private static final int CONCURRENCY = 8;

    private final ProductCatalogClient catalog;
    private final CurrencyClient currency;
    private final Upstream catalogUpstream = Upstream.named("product-catalog");
    private final Upstream currencyUpstream = Upstream.named("currency");

    Pricing(@RestClient ProductCatalogClient catalog, @RestClient CurrencyClient currency) {
        this.catalog = catalog;
        this.currency = currency;
    }

    /**
     * @return a line for each item, in the same order; a failure when a product or the currency does not exist, or cannot be
     *         asked for: an order is never priced in another currency than the customer's
     */
    Uni<List<Order.Line>> lines(OrderRequest request) {
        var deadline = Deadline.beforeTheCallers();
        return products(request, deadline)
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

    /** @return for each currency that the products are priced in, how many units of {@code wanted} one of it is */
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
