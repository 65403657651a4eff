package org.debugshop.instabook;

import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.quarkus.test.junit.QuarkusTestProfile;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;

/** The service with a stand-in for the cache, a short timeout, and telemetry in memory. */
public class Surroundings implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("quarkus.otel.simple", "true", "UPSTREAM_TIMEOUT", "3s", "INSTABOOK_API_TOKEN", "a-token-for-tests");
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(CacheStandIn.class));
    }

    @Produces
    @Singleton
    InMemorySpanExporter spans() {
        return InMemorySpanExporter.create();
    }

    @Produces
    @Singleton
    InMemoryLogRecordExporter logs() {
        return InMemoryLogRecordExporter.create();
    }
}
