package org.debugshop.productcatalog;

import io.quarkus.logging.Log;
import jakarta.inject.Singleton;
import java.util.List;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.telemetry.Failure;
import org.debugshop.defaults.telemetry.LogFields;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The order of lists. By default it is that of the catalog. A next version sorts by rating, which no record has yet, so every list of it
 * fails: the launcher starts that version as the canary of {@code bad-canary} (docs/failures.md).
 */
@Singleton
class ListOrder {

    private final boolean isByRating;

    ListOrder(@ConfigProperty(name = "shop.list.order") String order) {
        isByRating = switch (order) {
            case "id" -> false;
            case "rating" -> true;
            default -> throw new IllegalArgumentException("LIST_ORDER must be id or rating, not " + order);
        };
    }

    /** Returns the products in this order. */
    List<Product> sorted(List<Product> products) {
        if (isByRating && !products.isEmpty()) {
            throw unrated(products.getFirst());
        }
        return products;
    }

    private static HttpError unrated(Product product) {
        var reason = "The list cannot be sorted by rating: the record of a product has none";
        Failure.startsHere("missing_rating", DamagedRecord.FAILURE, reason);
        try (var _ = LogFields.of(ProductResource.PRODUCT_ID, (long) product.id())) {
            Log.error(reason);
        }
        return new HttpError(500, "The products cannot be listed");
    }
}
