package org.debugshop.defaults.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OtlpHeadersTest {

    private static List<String> headers(String variable) {
        return new SmallRyeConfigBuilder().addDefaultInterceptors().withInterceptors(new OtlpHeaders())
                .withSources(new PropertiesConfigSource(Map.of("OTEL_EXPORTER_OTLP_HEADERS", variable,
                        "quarkus.otel.exporter.otlp.headers", "${OTEL_EXPORTER_OTLP_HEADERS:}",
                        "quarkus.otel.exporter.otlp.traces.headers", "${quarkus.otel.exporter.otlp.headers}"), "test", 100))
                .build().getOptionalValues("quarkus.otel.exporter.otlp.traces.headers", String.class).orElse(List.of());
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
}
