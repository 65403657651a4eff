package org.debugshop.adservice;

import static org.awaitility.Awaitility.await;

import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The spans that the service exports, kept in memory. */
@Singleton
class Spans {

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

    @Produces
    @Singleton
    InMemorySpanExporter exporter() {
        return exporter;
    }

    /** Waits for the span of the request with this trace id, because a span ends shortly after its answer. */
    SpanData ofTrace(String traceId) {
        return await().until(() -> exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getTraceId().equals(traceId)).findFirst(), found -> found.isPresent()).orElseThrow();
    }
}
