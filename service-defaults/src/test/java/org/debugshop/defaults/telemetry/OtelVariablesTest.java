package org.debugshop.defaults.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtelVariablesTest {

    private static final String EXPORTER = "quarkus.otel.exporter.otlp.";

    /** Returns a setting of the services in this environment. */
    private static Optional<String> setting(String name, Map<String, String> environment) {
        return config(environment).getOptionalValue(name, String.class);
    }

    private static io.smallrye.config.SmallRyeConfig config(Map<String, String> environment) {
        try {
            return new SmallRyeConfigBuilder().addDefaultInterceptors().withInterceptors(new OtelVariables())
                    .withSources(new PropertiesConfigSource(environment, "environment", 300),
                            new PropertiesConfigSource(OtelVariables.class.getResource("/META-INF/microprofile-config.properties"), 100))
                    .build();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> headers(String variable) {
        return config(Map.of("OTEL_EXPORTER_OTLP_HEADERS", variable)).getOptionalValues(EXPORTER + "traces.headers", String.class)
                .orElse(List.of());
    }

    @Test
    void shouldDecodeValuesOnce() {
        assertThat(headers("a=b%20c,d=e%2Cf%3D,g=%2541,h=1+1==")).isEqualTo(List.of("a=b c", "d=e,f=", "g=%41", "h=1+1=="));
    }

    @Test
    void shouldNotChangeValuesThatAreNotEncoded() {
        assertThat(headers("a=100%,b=c")).isEqualTo(List.of("a=100%", "b=c"));
        assertThat(headers("")).isEqualTo(List.of());
    }

    @ParameterizedTest
    @CsvSource({"OTEL_EXPORTER_OTLP_ENDPOINT, https://a/b, traces.endpoint, https://a/b",
            "OTEL_EXPORTER_OTLP_ENDPOINT, https://a/b, logs.endpoint, https://a/b",
            "OTEL_EXPORTER_OTLP_ENDPOINT, '', logs.endpoint, http://localhost:4318",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, https://a/b/v1/traces, traces.endpoint, https://a/b",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, https://a/b/v1/traces, logs.endpoint, http://localhost:4318",
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT, http://a:1/v1/logs/, logs.endpoint, http://a:1",
            "OTEL_EXPORTER_OTLP_PROTOCOL, grpc, traces.protocol, grpc",
            "OTEL_EXPORTER_OTLP_PROTOCOL, http/json, logs.protocol, http/protobuf",
            "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL, grpc, logs.protocol, grpc",
            "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL, grpc, traces.protocol, http/protobuf",
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS, a=b, traces.headers, a=b", "OTEL_EXPORTER_OTLP_TIMEOUT, 2500, timeout, 2500ms",
            "OTEL_EXPORTER_OTLP_TIMEOUT, 3s, timeout, 3s", "OTEL_EXPORTER_OTLP_TIMEOUT, '', timeout, 5s",
            "OTEL_EXPORTER_OTLP_COMPRESSION, gzip, compression, gzip"})
    void shouldSetTheExporter(String variable, String value, String setting, String expected) {
        assertThat(setting(EXPORTER + setting, Map.of(variable, value))).isEqualTo(Optional.of(expected));
    }

    @Test
    void shouldExportNothingToABlankEndpoint() {
        var environment = Map.of("OTEL_TRACES_EXPORTER", "none", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://a");

        assertThat(setting(EXPORTER + "traces.endpoint", environment)).isEqualTo(Optional.of(" "));
        assertThat(setting(EXPORTER + "logs.endpoint", environment)).isEqualTo(Optional.of("http://a"));
    }

    @Test
    void shouldSetTheSdk() {
        assertThat(setting("quarkus.otel.bsp.schedule.delay", Map.of("OTEL_BSP_SCHEDULE_DELAY", "100"))).isEqualTo(Optional.of("100ms"));
        assertThat(setting("quarkus.otel.sdk.disabled", Map.of("OTEL_SDK_DISABLED", "true"))).isEqualTo(Optional.of("true"));
        assertThat(setting("quarkus.otel.sdk.disabled", Map.of())).isEqualTo(Optional.of("false"));
    }
}
