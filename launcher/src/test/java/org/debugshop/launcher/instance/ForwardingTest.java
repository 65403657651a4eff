package org.debugshop.launcher.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.debugshop.launcher.topology.Mode;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.Test;

class ForwardingTest {

    private static final Service CONSOLE = Topology.DEBUG_SHOP.find("console").orElseThrow();
    private static final Service CURRENCY = Topology.DEBUG_SHOP.find("currency").orElseThrow();

    private static Instance forwarding(String url, String given, String... headers) {
        var telemetry = new Telemetry(14_418, Optional.of(Forwarding.parse(url, given, List.of(headers))));
        return new Instance(Path.of("/somewhere"), 100, Topology.DEBUG_SHOP).with(telemetry);
    }

    private static Map<String, String> environment(Instance instance, Service service) {
        return environment(instance, service, true);
    }

    private static Map<String, String> environment(Instance instance, Service service, boolean console) {
        return new ServiceEnvironment(instance, "127.0.0.1", name -> console || !name.equals(CONSOLE.name())).of(service, Mode.PACKAGED);
    }

    @Test
    void shouldForwardFromTheConsoleAndLetServicesSendToTheConsole() {
        var instance = forwarding("HTTPS://otlp.example.com/otlp//", "a=b%20c", "api-key=1,2%3");

        assertThat(environment(instance, CONSOLE)).containsEntry("OTLP_PORT", "14418").containsEntry("OTLP_GRPC_PORT", "14417")
                .containsEntry("FORWARD_OTLP_ENDPOINT", "https://otlp.example.com/otlp")
                .containsEntry("FORWARD_OTLP_HEADERS", "a=b%20c,api-key=1%2C2%253");
        assertThat(environment(instance, CURRENCY)).containsEntry("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:14418")
                .containsEntry("OTEL_EXPORTER_OTLP_HEADERS", "").doesNotContainKey("FORWARD_OTLP_ENDPOINT");
    }

    @Test
    void shouldLetServicesSendToTheEndpointIfThereIsNoConsole() {
        assertThat(environment(forwarding("http://localhost:4318", "a=b"), CURRENCY, false))
                .containsEntry("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318")
                .containsEntry("OTEL_EXPORTER_OTLP_HEADERS", "a=b");
    }

    @Test
    void shouldOverrideInheritedVariables() {
        var standard = new Instance(Path.of("/somewhere"), 100, Topology.DEBUG_SHOP);

        assertThat(environment(standard, CONSOLE)).containsEntry("FORWARD_OTLP_ENDPOINT", "")
                .containsEntry("FORWARD_OTLP_HEADERS", "");
        assertThat(environment(standard, CURRENCY, false)).containsEntry("OTEL_EXPORTER_OTLP_HEADERS", "")
                .containsEntry("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4418");
    }

    @Test
    void shouldMakeAnAuthorizationHeaderOfUserAndPassword() {
        var forwarding = Forwarding.parse("https://me:p%40ss@example.com", "", List.of());

        assertThat(forwarding).hasToString("https://example.com");
        assertThat(forwarding.headers()).isEqualTo("Authorization=Basic bWU6cEBzcw==");
    }

    @Test
    void shouldRefuseAMalformedHeaderWithoutShowingIt() {
        for (var header : List.of("secret", "=secret", "a b=secret", "a=secret\r\nb: c", "a=secretä")) {
            assertThatThrownBy(() -> Forwarding.parse("http://localhost", "", List.of(header))).hasMessageStartingWith("--otlp-header ")
                    .hasMessageNotContaining("secret");
        }
        for (var header : List.of("secret", "=secret", "a=secret%zz", "a=secret%0a", "a=1,secret", "Content-Length=secret")) {
            assertThatThrownBy(() -> Forwarding.parse("http://localhost", header, List.of())).hasMessageStartingWith("--otlp-header ")
                    .hasMessageNotContaining("secret");
        }
    }
}
