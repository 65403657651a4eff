package org.debugshop.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.trace.Span;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.util.TypeLiteral;
import jakarta.inject.Singleton;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.debugshop.defaults.upstream.Degraded;
import org.debugshop.defaults.upstream.Upstream;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/**
 * Fetches the ads shown beside products. Pages are shown without ads if the ad-service fails. If at least half of the last ten
 * calls failed, the circuit opens for five seconds, so that a slow ad-service doesn't delay every page by its timeout.
 */
@Singleton
class Ads {

    private final AdClient client;
    private final Upstream upstream = Upstream.named("ad-service");
    private final TypedGuard<Uni<List<JsonNode>>> circuitBreaker = TypedGuard.create(new TypeLiteral<Uni<List<JsonNode>>>() {})
            .withCircuitBreaker().requestVolumeThreshold(10).failureRatio(0.5).delay(5, ChronoUnit.SECONDS).done()
            .build();

    Ads(@RestClient AdClient client) {
        this.client = client;
    }

    /**
     * Returns the ads of these products. If the ad-service doesn't answer, the list is empty, and {@link Degraded} records this on
     * the current span.
     */
    Uni<List<JsonNode>> of(List<Integer> productIds) {
        if (productIds.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        var span = Span.current();
        var ids = String.join(",", productIds.stream().map(String::valueOf).toList());
        return circuitBreaker.get(() -> upstream.call(client.adsOf(ids)))
                .onFailure().invoke(failure -> Degraded.without(upstream.service(), span, failure, "Answered without ads"))
                .onFailure().recoverWithItem(List.of());
    }
}
