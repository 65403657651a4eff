package org.debugshop.gateway;

import io.opentelemetry.api.trace.Span;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import org.debugshop.defaults.http.HttpError;

/** The products, without ads and stock. */
@Path("/api/v1/products")
public class ApiProductsResource {

    record Products(List<Product> products) {}

    /** The limit of a text that is searched for, in characters, by the catalog's rule. */
    private static final int MAX_TEXT = 100;

    private final ProductCatalog catalog;
    private final Prices prices;

    ApiProductsResource(ProductCatalog catalog, Prices prices) {
        this.catalog = catalog;
        this.prices = prices;
    }

    @GET
    public Uni<Products> all(@QueryParam("currency") @DefaultValue(Prices.CATALOG_CURRENCY) String currency) {
        return list(catalog.products(null, null, null), currency);
    }

    @GET
    @Path("{id}")
    public Uni<Product> product(@PathParam("id") String id,
            @QueryParam("currency") @DefaultValue(Prices.CATALOG_CURRENCY) String currency) {
        var productId = Product.id(id);
        Span.current().setAttribute(ShopResource.PRODUCT_ID, (long) productId).setAttribute(ShopResource.CURRENCY, currency);
        return Uni.combine().all().unis(catalog.product(productId), prices.rate(currency))
                .with((product, rate) -> product.in(currency, rate));
    }

    /** Refuses a request without a text: {@code category} is not a product id. */
    @GET
    @Path("category")
    public Uni<Products> inNoCategory() {
        throw textOfWrongLength();
    }

    /** @param text a part of a category's name, in any case */
    @GET
    @Path("category/{text}")
    public Uni<Products> inCategory(@PathParam("text") String text,
            @QueryParam("currency") @DefaultValue(Prices.CATALOG_CURRENCY) String currency) {
        return list(catalog.products(null, required(text), null), currency);
    }

    /** Refuses a request without a text: {@code search} is not a product id. */
    @GET
    @Path("search")
    public Uni<Products> withoutName() {
        throw textOfWrongLength();
    }

    /** @param text a part of a product's name, in any case */
    @GET
    @Path("search/{text}")
    public Uni<Products> named(@PathParam("text") String text,
            @QueryParam("currency") @DefaultValue(Prices.CATALOG_CURRENCY) String currency) {
        return list(catalog.products(null, null, required(text)), currency);
    }

    private Uni<Products> list(Uni<List<Product>> products, String currency) {
        Span.current().setAttribute(ShopResource.CURRENCY, currency);
        return Uni.combine().all().unis(products, prices.rate(currency))
                .with((found, rate) -> new Products(found.stream().map(product -> product.in(currency, rate)).toList()));
    }

    private static String required(String text) {
        if (text.codePointCount(0, text.length()) > MAX_TEXT) {
            throw textOfWrongLength();
        }
        return text;
    }

    private static HttpError textOfWrongLength() {
        return HttpError.badRequest("The text must have 1 to " + MAX_TEXT + " characters");
    }
}
