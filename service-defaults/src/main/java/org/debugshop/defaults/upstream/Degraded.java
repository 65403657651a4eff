package org.debugshop.defaults.upstream;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;

/**
 * An answer that is usable without the part of an upstream service that failed. The span gets that service's name and no error
 * status. The reason is logged at WARN.
 */
public final class Degraded {

    /** The service whose part is missing from the answer. */
    static final AttributeKey<String> SERVICE = AttributeKey.stringKey("shop.degraded");

    private Degraded() {}

    /**
     * Records that an answer is given without {@code service}.
     *
     * @param span the span of the request
     * @param failure the failure of the call; only an {@link UpstreamFailure} is logged, because an open circuit breaker isn't news
     * @param what what was done instead, which starts the log record
     */
    public static void without(String service, Span span, Throwable failure, String what) {
        span.setAttribute(SERVICE, service);
        if (failure instanceof UpstreamFailure reason) {
            try (var _ = span.makeCurrent(); var _ = reason.logFields().and(SERVICE, service)) {
                Log.warnf("%s: %s", what, reason.getMessage());
            }
        }
    }
}
