package org.debugshop.gateway.edge;

import io.opentelemetry.api.trace.Span;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Adds the trace of a request to its answer: {@code Server-Timing: traceparent;desc="00-<trace>-<span>-01"}. A page's scripts can
 * read this header for the page itself and for the page's own requests (W3C Server Timing, Trace Context).
 */
@Singleton
public class ServerTiming {

    private static final int BEFORE_ALL = -2000;

    void route(@Observes Router router) {
        router.route().order(BEFORE_ALL).handler(request -> {
            var span = Span.current().getSpanContext();
            if (span.isValid()) {
                request.response().putHeader("Server-Timing",
                        "traceparent;desc=\"00-" + span.getTraceId() + "-" + span.getSpanId() + "-" + span.getTraceFlags().asHex() + "\"");
            }
            request.next();
        });
    }
}
