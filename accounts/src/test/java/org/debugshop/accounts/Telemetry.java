package org.debugshop.accounts;

import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.ExceptionEventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

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
                .filter(span -> span.getTraceId().equals(traceId) && span.getKind() == SpanKind.SERVER)
                .findFirst(),
                found -> found.isPresent()).orElseThrow();
    }

    /** Waits for the span of any request of this route. */
    void awaitSpans(String route) {
        await().until(() -> spans.getFinishedSpanItems().stream().anyMatch(span -> span.getName().endsWith(route)));
    }

    /** Returns everything that was exported, as text. Exceptions on spans have their whole stack trace, of which only the start is exported. */
    List<String> everything() {
        return Stream.of(spans.getFinishedSpanItems().stream().map(Object::toString),
                spans.getFinishedSpanItems().stream().flatMap(span -> span.getEvents().stream())
                        .filter(ExceptionEventData.class::isInstance)
                        .map(event -> stackTrace(((ExceptionEventData) event).getException())),
                logs.getFinishedLogRecordItems().stream().map(Object::toString)).flatMap(Function.identity()).toList();
    }

    private static String stackTrace(Throwable exception) {
        var text = new StringWriter();
        exception.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
