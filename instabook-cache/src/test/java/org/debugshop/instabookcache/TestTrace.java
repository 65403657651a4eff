package org.debugshop.instabookcache;

import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.util.List;

/** The trace of a test's own requests, so that spans of other tests, which end late, do not get in the way. */
final class TestTrace {

    private final InMemorySpanExporter spans;
    private final String traceId = IdGenerator.random().generateTraceId();

    TestTrace(InMemorySpanExporter spans) {
        this.spans = spans;
    }

    RequestSpecification given() {
        return RestAssured.given().header("traceparent", "00-" + traceId + "-00f067aa0ba902b7-01");
    }

    /** @return the service's own span in this trace, as soon as it has ended */
    SpanData span() {
        await().until(() -> !finished(SpanKind.SERVER).isEmpty());
        return finished(SpanKind.SERVER).getFirst();
    }

    /** @return the questions to Redis in this trace, of those that have ended */
    List<SpanData> questions() {
        return finished(SpanKind.CLIENT);
    }

    private List<SpanData> finished(SpanKind kind) {
        return spans.getFinishedSpanItems().stream().filter(span -> span.getTraceId().equals(traceId) && span.getKind() == kind).toList();
    }
}
