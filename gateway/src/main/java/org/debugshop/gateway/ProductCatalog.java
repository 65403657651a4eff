package org.debugshop.gateway;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** Reads products from product-catalog. Fails as {@link Upstream#call} does. */
@Singleton
class ProductCatalog {

    /** How long an attempt may take, if failed ones are repeated. */
    private static final Duration ATTEMPT = Duration.ofMillis(200);

    private final ProductCatalogClient client;
    private final Faults faults;
    private final Upstream upstream = Upstream.named("product-catalog");
    private final Upstream attempt = new Upstream(upstream.service(), ATTEMPT);

    ProductCatalog(@RestClient ProductCatalogClient client, Faults faults) {
        this.client = client;
        this.faults = faults;
    }

    /** Each parameter may be null, and then selects all products. */
    Uni<List<Product>> products(String category, String categoryPart, String search) {
        return call(() -> client.products(category, categoryPart, search));
    }

    Uni<Product> product(int id) {
        return call(() -> client.product(id));
    }

    private <T> Uni<T> call(Supplier<Uni<T>> request) {
        var times = (long) faults.retryStorm().strength();
        return times > 0 ? insist(request, times) : upstream.call(request.get());
    }

    /** Repeats a failed call at once, and again. */
    private <T> Uni<T> insist(Supplier<Uni<T>> request, long times) {
        var again = new AtomicBoolean();
        return Uni.createFrom().deferred(() -> {
            if (again.getAndSet(true)) {
                attempt.retried();
            }
            return attempt.call(request.get());
        })
                .onFailure(failure -> faults.retryStorm().isOn() && !UpstreamFailure.isRefusal(failure))
                .retry().atMost(times);
    }
}
