package org.debugshop.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.util.TypeLiteral;
import jakarta.inject.Singleton;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/**
 * The ads beside products. A page is worth showing without them, so that a failing ad-service costs the ads and nothing else;
 * and while most of the last ten calls failed, it is not asked, so that a slow one does not cost each page its time-out.
 */
@Singleton
class Ads {

    static final AttributeKey<String> DEGRADED = AttributeKey.stringKey("shop.degraded");

    private final AdClient client;
    private final Upstream upstream = Upstream.named("ad-service");
    private final TypedGuard<Uni<List<JsonNode>>> circuitBreaker = TypedGuard.create(new TypeLiteral<Uni<List<JsonNode>>>() {})
            .withCircuitBreaker().requestVolumeThreshold(10).failureRatio(0.5).delay(5, ChronoUnit.SECONDS).done()
            .build();

    Ads(@RestClient AdClient client) {
        this.client = client;
    }

    /** @return the ads of these products; none while the ad-service does not answer, which the current span then says */
    Uni<List<JsonNode>> of(List<Integer> productIds) {
        if (productIds.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        var span = Span.current();
        var ids = String.join(",", productIds.stream().map(String::valueOf).toList());
        return circuitBreaker.get(() -> upstream.call(client.adsOf(ids)))
                .onFailure().invoke(failure -> tell(span, failure))
                .onFailure().recoverWithItem(List.of());
    }

    /** The answer is still a good one, so that the span gets no error status. While the circuit is open, nothing new is to be said. */
    private static void tell(Span span, Throwable failure) {
        span.setAttribute(DEGRADED, "ad-service");
        if (failure instanceof UpstreamFailure told) {
            try (var _ = span.makeCurrent(); var _ = told.logFields().and(DEGRADED, "ad-service")) {
                Log.warnf("Answered without ads: %s", told.getMessage());
            }
        }
    }
}
