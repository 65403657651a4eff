package org.debugshop.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;

/** The routes whose answers combine several services. */
@Path("/")
public class ShopResource {

    static final AttributeKey<Long> PRODUCT_ID = AttributeKey.longKey("shop.product.id");
    static final AttributeKey<String> CURRENCY = AttributeKey.stringKey("shop.currency");

    private static final int PRODUCTS_WITH_ADS = 3;
    private static final int PRODUCTS_WITH_STOCK = 5;

    record Status(String status, String message) {}

    /** @param inventory empty if there is no inventory service */
    record ProductList(List<Product> products, List<JsonNode> ads, List<InventoryClient.Stock> inventory) {}

    /** @param inventory null if there is no inventory service */
    record ProductPage(Product product, List<JsonNode> relatedAds, InventoryClient.Stock inventory) {}

    private final ProductCatalog catalog;
    private final Prices prices;
    private final Ads ads;
    private final Inventory inventory;

    ShopResource(ProductCatalog catalog, Prices prices, Ads ads, Inventory inventory) {
        this.catalog = catalog;
        this.prices = prices;
        this.ads = ads;
        this.inventory = inventory;
    }

    @GET
    @NonBlocking
    public Status status() {
        return new Status("success", "Gateway Service is running");
    }

    @GET
    @Path("products")
    public Uni<ProductList> products(@QueryParam("category") String category,
            @QueryParam("currency") @DefaultValue(Prices.CATALOG_CURRENCY) String wanted) {
        Span.current().setAttribute(CURRENCY, wanted);
        var productsAndAds = catalog.products(category, null, null)
                .flatMap(products -> Uni.combine().all()
                        .unis(ads.of(first(PRODUCTS_WITH_ADS, products)), inventory.inList(first(PRODUCTS_WITH_STOCK, products)))
                        .with((found, stock) -> new ProductList(products, found, stock)));
        return Uni.combine().all().unis(productsAndAds, prices.rate(wanted))
                .with((list, rate) -> new ProductList(list.products().stream().map(product -> product.in(wanted, rate)).toList(),
                        list.ads(), list.inventory()));
    }

    @GET
    @Path("product/{id}")
    public Uni<ProductPage> product(@PathParam("id") String id,
            @QueryParam("currency") @DefaultValue(Prices.CATALOG_CURRENCY) String wanted) {
        var productId = Product.id(id);
        Span.current().setAttribute(PRODUCT_ID, (long) productId).setAttribute(CURRENCY, wanted);
        return Uni.combine().all()
                .unis(catalog.product(productId), ads.of(List.of(productId)), prices.rate(wanted),
                        inventory.of(List.of(productId)))
                .with((product, related, rate, stock) -> new ProductPage(product.in(wanted, rate), related,
                        stock.stream().findFirst().orElse(null)));
    }

    private static List<Integer> first(int count, List<Product> products) {
        return products.stream().limit(count).map(Product::id).toList();
    }
}
