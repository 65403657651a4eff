package org.debugshop.productcatalog;

import io.opentelemetry.api.common.AttributeKey;
import io.quarkus.logging.Log;
import jakarta.inject.Singleton;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.telemetry.Failure;
import org.debugshop.defaults.telemetry.LogFields;

/** Stands for a product whose record was damaged, for example by an import. */
@Singleton
class DamagedRecord {

    static final AttributeKey<String> FAILURE = AttributeKey.stringKey("shop.product.failure");

    private static final int PRODUCT = 3;

    private final Faults faults;

    DamagedRecord(Faults faults) {
        this.faults = faults;
    }

    /** Fails with a 500 if it is the record of this product that is damaged. */
    void requireReadable(int id) {
        if (id == PRODUCT && faults.oneProduct().strikes()) {
            var reason = "The product's record cannot be read: its description is not valid UTF-8";
            Failure.startsHere("unreadable_record", FAILURE, reason);
            try (var _ = LogFields.of(ProductResource.PRODUCT_ID, (long) id)) {
                Log.error(reason);
            }
            throw new HttpError(500, "The product cannot be read");
        }
    }
}
