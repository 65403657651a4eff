package org.debugshop.checkout;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.defaults.upstream.Deadline;
import org.debugshop.defaults.upstream.Upstream;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/**
 * Looks up each member of a product when it is needed. It reads well, but each look-up is a request, and an order with many pieces waits for
 * many of them, one after the other. {@link Pricing} requests each product once, and several at the same time.
 */
@Singleton
class CatalogLookup {

    private final ProductCatalogClient catalog;
    private final Upstream upstream = Upstream.named("product-catalog");

    CatalogLookup(@RestClient ProductCatalogClient catalog) {
        this.catalog = catalog;
    }

    /** Returns the products of an order, by id. */
    Uni<Map<Integer, Product>> products(OrderRequest request, Deadline deadline) {
        return Multi.createFrom().items(request.items().stream().flatMap(CatalogLookup::pieces))
                .onItem().transformToUniAndConcatenate(id -> product(id, deadline))
                .collect().with(Collectors.toMap(Product::id, Function.identity(), (product, _) -> product));
    }

    private static Stream<Integer> pieces(OrderRequest.Item item) {
        return Stream.generate(item::productId).limit(item.quantity());
    }

    private Uni<Product> product(int id, Deadline deadline) {
        return lookUp(id, deadline).map(Product::name)
                .flatMap(name -> lookUp(id, deadline).map(Product::price)
                        .flatMap(price -> lookUp(id, deadline).map(Product::currency)
                                .map(currency -> new Product(id, name, price, currency))));
    }

    private Uni<Product> lookUp(int id, Deadline deadline) {
        return Uni.createFrom().deferred(() -> upstream.until(deadline).call(catalog.product(id)));
    }
}
