package org.debugshop.loadgenerator;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The finished spans of the application under test. */
@Singleton
public class Traces {

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private volatile long since;

    /** A valid trace: a root span, and the request below it. */
    record Trace(SpanData root, SpanData request) {}

    @Produces
    @Singleton
    InMemorySpanExporter exporter() {
        return exporter;
    }

    /** Drops all spans, including those that have started but not ended. */
    void reset() {
        since = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        exporter.reset();
    }

    List<SpanData> spans() {
        return exporter.getFinishedSpanItems();
    }

    /** Returns the finished root spans. */
    List<SpanData> roots() {
        return spans().stream().filter(span -> span.getKind() == SpanKind.INTERNAL && span.getStartEpochNanos() > since).toList();
    }

    Optional<SpanData> root(String traceId) {
        return roots().stream().filter(root -> root.getTraceId().equals(traceId)).findAny();
    }

    List<SpanData> rootsOf(String session) {
        return roots().stream().filter(root -> session.equals(root.getAttributes().get(ActionRunner.SESSION_ID))).toList();
    }

    /** Returns the finished root spans of each user, in the order in which they started. */
    Map<String, List<SpanData>> visits() {
        return roots().stream().sorted(Comparator.comparing(SpanData::getStartEpochNanos))
                .collect(Collectors.groupingBy(root -> root.getAttributes().get(ActionRunner.SESSION_ID)));
    }

    /** Returns the traces whose root has finished, by id, and asserts that each is complete. */
    Map<String, Trace> whole() {
        // The root ends last, so its trace is complete.
        var roots = roots();
        var byTrace = spans().stream().collect(Collectors.groupingBy(SpanData::getTraceId));
        return roots.stream().collect(Collectors.toMap(SpanData::getTraceId, root -> {
            var spans = byTrace.get(root.getTraceId());
            assertThat(spans).as("trace of %s", root.getName()).hasSize(2);
            var request = spans.get(0).equals(root) ? spans.get(1) : spans.get(0);
            assertThat(root.getParentSpanContext().isValid()).isFalse();
            assertThat(request.getKind()).isEqualTo(SpanKind.CLIENT);
            assertThat(request.getParentSpanId()).isEqualTo(root.getSpanId());
            return new Trace(root, request);
        }));
    }
}
