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
 * The ads beside products. A page is worth showing without them, so that a failing ad-service costs the ads and nothing else;
 * and while most of the last ten calls failed, it is not asked, so that a slow one does not cost each page its time-out.
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

    /** @return the ads of these products; none while the ad-service does not answer, which {@link Degraded} records on the current span */
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
