package org.debugshop.instabookcache;

import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.util.List;

/** The trace of a test's own requests, which keeps them apart from late spans of other tests. */
final class TestTrace {

    private final InMemorySpanExporter spans;
    private final String traceId = IdGenerator.random().generateTraceId();

    TestTrace(InMemorySpanExporter spans) {
        this.spans = spans;
    }

    RequestSpecification given() {
        return RestAssured.given().header("traceparent", "00-" + traceId + "-00f067aa0ba902b7-01");
    }

    /** Waits for the service's own span in this trace, and returns it. */
    SpanData span() {
        await().until(() -> !finished(SpanKind.SERVER).isEmpty());
        return finished(SpanKind.SERVER).getFirst();
    }

    /** Returns the spans of Redis commands in this trace that have ended. */
    List<SpanData> commands() {
        return finished(SpanKind.CLIENT);
    }

    private List<SpanData> finished(SpanKind kind) {
        return spans.getFinishedSpanItems().stream().filter(span -> span.getTraceId().equals(traceId) && span.getKind() == kind).toList();
    }
}
