package org.debugshop.productcatalog;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.regex.Pattern;
import org.debugshop.defaults.http.HttpError;

@Path("/")
@NonBlocking
public class ProductResource {

    static final AttributeKey<Long> PRODUCT_ID = AttributeKey.longKey("shop.product.id");
    static final AttributeKey<String> CATEGORY = AttributeKey.stringKey("shop.category");
    static final AttributeKey<Long> PRODUCTS_COUNT = AttributeKey.longKey("shop.products.count");

    /** ASCII digits without sign or leading zero, so that a product has only one address, and few enough digits for a long. */
    private static final Pattern CANONICAL_NUMBER = Pattern.compile("[1-9][0-9]{0,9}");

    /** @param category null, which means all products, if it is absent or empty */
    @GET
    @Path("products")
    public List<Product> products(@QueryParam("category") String category) {
        var products = category == null ? Catalog.PRODUCTS : Catalog.inCategory(category);
        Span.current().setAttribute(CATEGORY, category).setAttribute(PRODUCTS_COUNT, products.size());
        return products;
    }

    @GET
    @Path("product/{id}")
    public Product product(@PathParam("id") String text) {
        var id = productId(text);
        Span.current().setAttribute(PRODUCT_ID, id);
        return Catalog.find(id).orElseThrow(() -> HttpError.notFound("Product not found"));
    }

    private static int productId(String text) {
        if (CANONICAL_NUMBER.matcher(text).matches()) {
            var number = Long.parseLong(text);
            if (number <= Integer.MAX_VALUE) {
                return (int) number;
            }
        }
        throw HttpError.badRequest("Invalid product ID");
    }
}
