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
    static final AttributeKey<String> SEARCH_TEXT = AttributeKey.stringKey("shop.search.text");
    static final AttributeKey<Long> PRODUCTS_COUNT = AttributeKey.longKey("shop.products.count");

    /** The limit of a text that is searched for, in characters. */
    private static final int MAX_TEXT = 100;

    /** ASCII digits without sign or leading zero, so that a product has only one address, and few enough digits for a long. */
    private static final Pattern CANONICAL_NUMBER = Pattern.compile("[1-9][0-9]{0,9}");

    private final DamagedRecord damaged;
    private final ListOrder order;

    ProductResource(DamagedRecord damaged, ListOrder order) {
        this.damaged = damaged;
        this.order = order;
    }

    /**
     * Lists the products that match all parameters. A parameter that is absent or empty is null and matches all products.
     *
     * @param category the exact name of a category
     * @param categoryPart a part of a category's name, in any case
     * @param search a part of a product's name, in any case
     */
    @GET
    @Path("products")
    public List<Product> products(@QueryParam("category") String category, @QueryParam("category_part") String categoryPart,
            @QueryParam("search") String search) {
        requireShort("category_part", categoryPart);
        requireShort("search", search);
        var products = Catalog.PRODUCTS.stream()
                .filter(product -> category == null || product.categories().contains(category))
                .filter(product -> categoryPart == null
                        || product.categories().stream().anyMatch(name -> Catalog.contains(name, categoryPart)))
                .filter(product -> search == null || Catalog.contains(product.name(), search))
                .toList();
        Span.current()
                .setAttribute(CATEGORY, category == null ? categoryPart : category)
                .setAttribute(SEARCH_TEXT, search)
                .setAttribute(PRODUCTS_COUNT, products.size());
        return order.sorted(products);
    }

    private static void requireShort(String parameter, String text) {
        if (text != null && text.codePointCount(0, text.length()) > MAX_TEXT) {
            throw HttpError.badRequest(parameter + " must have at most " + MAX_TEXT + " characters");
        }
    }

    @GET
    @Path("product/{id}")
    public Product product(@PathParam("id") String text) {
        var id = productId(text);
        Span.current().setAttribute(PRODUCT_ID, id);
        damaged.requireReadable(id);
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
