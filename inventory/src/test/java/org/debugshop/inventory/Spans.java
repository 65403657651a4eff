package org.debugshop.inventory;

import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;

/** The spans that the service exports, kept in memory. */
@Singleton
class Spans {

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

    @Produces
    @Singleton
    InMemorySpanExporter exporter() {
        return exporter;
    }

    /** Waits for a span of this name with this value, because a span ends shortly after its answer. */
    <T> void awaitSpan(String name, AttributeKey<T> attribute, T value) {
        await(name).atMost(Duration.ofSeconds(60)).until(() -> exporter.getFinishedSpanItems().stream()
                .anyMatch(span -> span.getName().equals(name) && value.equals(span.getAttributes().get(attribute))));
    }
}
