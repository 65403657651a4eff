package org.debugshop.accounts;

import static org.awaitility.Awaitility.await;

import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** The spans and log records that the service exports, kept in memory. */
@Singleton
class Telemetry {

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final InMemoryLogRecordExporter logs = InMemoryLogRecordExporter.create();

    @Produces
    @Singleton
    InMemorySpanExporter spanExporter() {
        return spans;
    }

    @Produces
    @Singleton
    InMemoryLogRecordExporter logExporter() {
        return logs;
    }

    /** Waits for the span of the request with this trace id, because a span ends shortly after its answer. */
    SpanData request(String traceId) {
        return await().until(() -> spans.getFinishedSpanItems().stream()
                .filter(span -> span.getTraceId().equals(traceId) && span.getKind() == io.opentelemetry.api.trace.SpanKind.SERVER)
                .findFirst(),
                found -> found.isPresent()).orElseThrow();
    }

    /** Returns everything that was exported, as text. */
    List<String> everything() {
        return java.util.stream.Stream.concat(spans.getFinishedSpanItems().stream().map(Object::toString),
                logs.getFinishedLogRecordItems().stream().map(Object::toString)).toList();
    }
}
