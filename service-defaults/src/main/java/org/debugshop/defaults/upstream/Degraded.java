package org.debugshop.defaults.upstream;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;

/**
 * An answer that is good without the part of a service below that failed. Its span gets no error status, but the name of that service;
 * a log record at WARN has the reason.
 */
public final class Degraded {

    /** The service without whose part the answer was given. */
    static final AttributeKey<String> SERVICE = AttributeKey.stringKey("shop.degraded");

    private Degraded() {}

    /**
     * Records that an answer is given without {@code service}.
     *
     * @param span of the request
     * @param failure of the call; only an {@link UpstreamFailure} is logged: while a circuit breaker is open, there is nothing new to log
     * @param what was done instead, as the beginning of the log record
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
