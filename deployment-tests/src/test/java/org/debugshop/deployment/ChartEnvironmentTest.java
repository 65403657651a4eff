package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The variables and annotations of the chart's pods: what the chart derives, and what people set. */
class ChartEnvironmentTest {

    private static JsonNode deployment(String name, String values) {
        return new Objects(Chart.render(values)).find("Deployment", "shop-" + name).orElseThrow();
    }

    /** By variable; {@link Objects#environment} fails if one is there twice. */
    private static Map<String, String> environment(String service, String values) {
        return Objects.environment(deployment(service, values));
    }

    @ParameterizedTest
    @CsvSource({
            "console, ADMIN_PASSWORD", "instabook-cache, INSTABOOK_API_TOKEN", "checkout, DATABASE_PASSWORD", "checkout, DATABASE_URL",
            "checkout, KAFKA_BOOTSTRAP_SERVERS", "instabook-cache, REDIS_URL", "gateway, CHECKOUT_SERVICE", "gateway, INVENTORY_SERVICE",
            "gateway, CONSOLE_URL", "gateway, OTEL_EXPORTER_OTLP_ENDPOINT", "gateway, DEPLOYMENT_ENVIRONMENT", "console, SCRAPE_TARGETS"})
    void shouldSetEachVariableOnceAndPreferWhatPeopleSet(String service, String variable) {
        assertThat(environment(service, "")).containsKey(variable);

        assertThat(environment(service, "services: {%s: {env: {%s: mine}}}".formatted(service, variable))).containsEntry(variable, "mine");
        assertThat(environment(service, "services: {%s: {env: {%s: null}}}".formatted(service, variable))).doesNotContainKey(variable);
    }

    /** Without these services, the load generator has no users who log in, or who pay. */
    @ParameterizedTest
    @CsvSource({"accounts, ACCOUNTS_SERVICE", "payments, PAYMENTS_SERVICE"})
    void shouldLeaveOutOfTheLoadWhatIsNotEnabled(String service, String variable) {
        assertThat(environment("load-generator", "").get(variable)).startsWith("http://");
        assertThat(environment("load-generator", "services: {%s: {enabled: false}}".formatted(service))).containsEntry(variable, "");
    }

    @Test
    void shouldPreferHeadersThatPeopleSetToThoseOfTheSecret() {
        assertThat(environment("gateway", """
                telemetry: {to: otlp, otlp: {endpoint: "https://otlp.example.com", headersSecret: vendor}}
                defaults: {env: {OTEL_EXPORTER_OTLP_HEADERS: key=mine}}
                """)).containsEntry("OTEL_EXPORTER_OTLP_HEADERS", "key=mine");
    }

    @Test
    void shouldTakeValuesFromSecretsAndTheDownwardApi() {
        var gateway = Objects.podSpec(deployment("gateway", """
                services:
                  gateway:
                    env:
                      FROM_SECRET: {secretKeyRef: {name: mine, key: a}}
                      FROM_POD: {fieldRef: {fieldPath: spec.nodeName}}
                    envFrom: [{secretRef: {name: many}}]
                """)).at("/containers/0");

        assertThat(gateway.path("env").valueStream().filter(each -> each.path("name").asText().startsWith("FROM_")))
                .extracting(each -> each.path("valueFrom").toString())
                .containsExactly("{\"fieldRef\":{\"fieldPath\":\"spec.nodeName\"}}",
                        "{\"secretKeyRef\":{\"key\":\"a\",\"name\":\"mine\"}}");
        assertThat(gateway.at("/envFrom/0/secretRef/name").asText()).isEqualTo("many");
    }

    /** Go prints a large number as 1e+06. */
    @ParameterizedTest
    @CsvSource({"1000000, 1000000", "50000000, 50000000", "123456789012, 123456789012", "0.25, 0.25", "1234567.5, 1234567.5", "-1, -1",
            "true, true",
            "'\"1e6\"', 1e6", "'\"007\"', 007"})
    void shouldWriteANumberAsItWasWritten(String yaml, String text) {
        assertThat(environment("console", "services: {console: {env: {MAX_SPANS: %s}}}".formatted(yaml))).containsEntry("MAX_SPANS", text);
        assertThat(environment("console", "defaults: {env: {MAX_SPANS: %s}}".formatted(yaml))).containsEntry("MAX_SPANS", text);
    }

    @ParameterizedTest
    @CsvSource({"gateway, PORT, port", "load-generator, METRICS_PORT, port", "console, OTLP_PORT, otlpPort",
            "console, OTLP_GRPC_PORT, otlpGrpcPort"})
    void shouldRefuseAPortThatTheServiceWouldNotLeadTo(String service, String variable, String value) {
        assertThatThrownBy(() -> Chart.render("services: {%s: {env: {%s: 9000}}}".formatted(service, variable)))
                .hasMessageContaining("set services." + service + "." + value + " instead");
    }

    @Test
    void shouldPreferAnnotationsThatPeopleSet() {
        var annotations = deployment("gateway", "services: {gateway: {podAnnotations: {prometheus.io/scrape: 'false', note: hi}}}")
                .at("/spec/template/metadata/annotations");

        assertThat(Objects.texts(annotations)).containsEntry("prometheus.io/scrape", "false").containsEntry("note", "hi")
                .containsEntry("prometheus.io/path", "/metrics");
    }

    @Test
    void shouldSendTelemetryToTheConsolesPort() {
        var objects = new Objects(Chart.render("services: {console: {otlpPort: 4320}}"));

        assertThat(objects.find("Service", "shop-console").orElseThrow().at("/spec/ports").findValuesAsText("port")).contains("4320");
        for (var workload : objects.of("Deployment")) {
            var environment = Objects.environment(workload);
            if (!Objects.name(workload).equals("shop-console")) {
                assertThat(environment).containsEntry("OTEL_EXPORTER_OTLP_ENDPOINT", "http://shop-console:4320");
            }
        }
        var collector = new Objects(Chart.render("services: {console: {otlpPort: 4320}}\ntelemetry: {to: collector}"));
        assertThat(collector.find("ConfigMap", "shop-collector").orElseThrow().toString()).contains("http://shop-console:4320");
    }

    @Test
    void shouldSetNoVariableTwice() {
        for (var values : List.of("", "defaults: {env: {LOG_LEVEL: DEBUG}}\nservices: {gateway: {env: {LOG_LEVEL: WARN}}}")) {
            assertThat(new Objects(Chart.render(values)).of("Deployment")).allSatisfy(Objects::environment);
        }
        assertThat(environment("gateway", "defaults: {env: {LOG_LEVEL: DEBUG}}\nservices: {gateway: {env: {LOG_LEVEL: WARN}}}"))
                .containsEntry("LOG_LEVEL", "WARN");
    }
}
