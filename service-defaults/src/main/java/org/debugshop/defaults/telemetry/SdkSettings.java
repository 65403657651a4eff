package org.debugshop.defaults.telemetry;

import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdkBuilder;
import io.quarkus.opentelemetry.runtime.AutoConfiguredOpenTelemetrySdkBuilderCustomizer;
import jakarta.inject.Singleton;
import java.util.Map;

/**
 * Lets the SDK use Quarkus's exporters, whatever {@code OTEL_TRACES_EXPORTER} and the like are. The SDK would otherwise look for
 * exporters of its own, which aren't there, and the service wouldn't start. {@link OtelVariables} handles {@code none}.
 */
@Singleton
final class SdkSettings implements AutoConfiguredOpenTelemetrySdkBuilderCustomizer {

    private static final Map<String, String> EXPORTERS = Map.of("otel.traces.exporter", "cdi", "otel.logs.exporter", "cdi",
            "otel.metrics.exporter", "none");

    @Override
    public void customize(AutoConfiguredOpenTelemetrySdkBuilder builder) {
        builder.addPropertiesCustomizer(_ -> EXPORTERS);
    }
}
