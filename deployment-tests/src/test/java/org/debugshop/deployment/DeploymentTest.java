package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Service.Setting;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** Compares the services and ports in Compose, the chart, Prometheus and the README with the {@link Topology}. */
class DeploymentTest {

    private static final JsonNode COMPOSE = read("docker-compose.yaml").path("services");
    private static final JsonNode CHART = read("helm-chart/values.yaml").path("services");

    /** Variables that depend on the machine. */
    private static final List<String> LAPTOP_ONLY = List.of("PORT", "OTLP_PORT", "OTLP_GRPC_PORT");

    /** Passwords, which the chart keeps in a Secret, and variables that the chart does not set, so the service uses its default. */
    private static final List<String> NOT_AMONG_THE_VALUES = List.of("ADMIN_PASSWORD", "DATABASE_PASSWORD", "INSTABOOK_API_TOKEN",
            "DEPLOYMENT_ENVIRONMENT", "LOG_LEVEL", "USERS", "DELAY_BETWEEN_USERS", "DELAY_BETWEEN_REQUESTS", "FORWARD_OTLP_ENDPOINT",
            "FORWARD_OTLP_HEADERS");

    /** {@code ${BIND:-127.0.0.1}:${GATEWAY_PORT-8080}:8080}: without a colon before the default, a blank variable is a blank port. */
    private static final Pattern PUBLISHED = Pattern.compile("\\$\\{BIND:-127\\.0\\.0\\.1}:\\$\\{[A-Z_]+_PORT-(\\d+)}:(\\d+)");

    static Stream<Service> applications() {
        return Topology.DEBUG_SHOP.applications().stream();
    }

    private static JsonNode read(String file) {
        try {
            // Jackson does not support merge keys.
            return new ObjectMapper().valueToTree(new Yaml().load(Files.readString(Chart.CHECKOUT.resolve(file))));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> names(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Map<String, String> environment(JsonNode service) {
        var all = new TreeMap<String, String>();
        service.path("environment").properties().forEach(entry -> all.put(entry.getKey(), entry.getValue().asText()));
        return all;
    }

    @Test
    void shouldListTheSameServicesEverywhere() {
        var applications = applications().map(Service::name).toList();
        assertThat(names(CHART)).containsExactlyInAnyOrderElementsOf(applications);
        // The engines' metrics come from the usual exporters there.
        var onALaptop = Topology.DEBUG_SHOP.services().stream().filter(service -> service.kind() != Service.Kind.EXPORTER)
                .map(Service::name);
        assertThat(names(COMPOSE)).containsExactlyInAnyOrderElementsOf(Stream.concat(onALaptop, Stream.of("redis")).toList());
        assertThat(names(read("docker-compose.override.yaml").path("services"))).containsExactlyInAnyOrderElementsOf(applications);
        assertThat(names(read("docker-compose.observability.yaml").path("services")))
                .containsAll(applications.stream().filter(name -> !name.equals("console")).toList());
    }

    @ParameterizedTest
    @MethodSource("applications")
    void shouldUseTheSamePortsEverywhere(Service service) throws IOException {
        var published = new ArrayList<Integer>();
        COMPOSE.path(service.name()).path("ports").forEach(port -> {
            var parts = PUBLISHED.matcher(port.asText());
            assertThat(parts.matches()).as(port.asText()).isTrue();
            assertThat(parts.group(1)).isEqualTo(parts.group(2));
            published.add(Integer.parseInt(parts.group(2)));
        });
        assertThat(published).containsExactlyInAnyOrderElementsOf(service.ports());
        var values = CHART.path(service.name());
        assertThat(Stream.of(values.path("port"), values.path("otlpPort"), values.path("otlpGrpcPort")).filter(JsonNode::isInt)
                .map(JsonNode::asInt))
                .containsExactlyInAnyOrderElementsOf(service.ports());
        assertThat(Files.readString(Chart.CHECKOUT.resolve("README.md"))).contains(service.ports().stream().map(String::valueOf).toList());
        assertThat(read("docker/observability/prometheus.yaml").toString()).contains("\"" + service.name() + ":" + service.port() + "\"");
    }

    @ParameterizedTest
    @MethodSource("applications")
    void shouldUseTheImageOfTheModule(Service service) {
        assertThat(COMPOSE.path(service.name()).path("image").asText())
                .isEqualTo("${REPOSITORY:-registry.example.com/debug-shop}:" + service.module() + "-${TAG:-latest}");
        assertThat(read("docker-compose.override.yaml").at("/services/" + service.name() + "/build/args/SERVICE").asText())
                .isEqualTo(service.module());
        assertThat(CHART.path(service.name()).path("imageOf").asText(service.name())).isEqualTo(service.module());
    }

    @ParameterizedTest
    @MethodSource("applications")
    void shouldCallTheSameServicesAndDatabases(Service service) {
        var compose = environment(COMPOSE.path(service.name()));
        var values = CHART.path(service.name());
        service.settings().forEach((variable, setting) -> {
            switch (setting) {
                case Setting.Reference(var other, var path, var called, var optional) -> {
                    var port = Topology.DEBUG_SHOP.find(other).orElseThrow().port();
                    if (called || service.takesOtlp()) {
                        assertThat(compose).containsEntry(variable, inCompose(service, variable, "http://" + other + ":" + port + path));
                        assertThat(values.path(optional || !called ? "mayCall" : "calls").path(variable).asText()).isEqualTo(other + path);
                    } else {
                        // Only browsers use this address, so it is the published port.
                        assertThat(compose).containsEntry(variable, "${" + variable + ":-http://localhost:" + port + path + "}");
                        assertThat(values.path("links").path(variable).asText()).isEqualTo(other + path);
                    }
                }
                case Setting.Database(var server, var name, var _) -> {
                    assertThat(compose).containsEntry(variable, "postgresql://" + server + ":5432/" + name);
                    assertThat(values.path("database").asText()).isEqualTo(name);
                }
                case Setting.Broker(var broker) -> {
                    assertThat(compose).containsEntry(variable, broker + ":9092");
                    assertThat(values.path("kafka").asBoolean()).isTrue();
                }
                case Setting.AllServices _ -> {
                    assertThat(Arrays.asList(compose.get(variable).split(","))).containsExactlyInAnyOrderElementsOf(
                            applications().map(target -> target.name() + "=http://" + target.name() + ":" + target.port()).toList());
                    assertThat(values.path("scrapesAll").asBoolean()).isTrue();
                }
                case Setting.Text(var text) when !variable.startsWith("DATABASE_") -> {
                    assertThat(compose).containsEntry(variable, inCompose(service, variable, text));
                    assertThat(values.path("env").path(variable).asText()).isEqualTo(text);
                }
                case Setting.Text _,Setting.Password _ -> assertThat(compose).containsKey(variable);
                case Setting.Port(var port) when !LAPTOP_ONLY.contains(variable) -> {
                    assertThat(compose).containsEntry(variable, Integer.toString(port));
                    assertThat(values.path("portVariable").asText()).isEqualTo(variable);
                }
                case Setting.Port _ -> {}
            }
        });
        var calls = new TreeSet<>(names(values.path("calls")));
        calls.addAll(names(values.path("mayCall")));
        assertThat(service.settings().keySet()).as("variables in the topology").containsAll(calls);
    }

    /** Returns a value as it is in Compose, where a default that users may override refers to their variable. */
    private static String inCompose(Service service, String variable, String value) {
        return service.overridable().contains(variable) ? "${" + variable + ":-" + value + "}" : value;
    }

    /** Settings look like {@code ORDER_RETENTION: ${ORDER_RETENTION:-30d}} in Compose. Links differ, because the chart has other hosts. */
    @ParameterizedTest
    @MethodSource("applications")
    void shouldHaveTheSameSettingsInTheChart(Service service) {
        environment(COMPOSE.path(service.name())).forEach((variable, value) -> {
            var prefix = "${" + variable + ":-";
            if (value.startsWith(prefix) && !NOT_AMONG_THE_VALUES.contains(variable) && !service.overridable().contains(variable)
                    && !CHART.path(service.name()).path("links").has(variable)) {
                assertThat(CHART.path(service.name()).path("env").path(variable).asText()).as(variable)
                        .isEqualTo(value.substring(prefix.length(), value.length() - 1));
            }
        });
    }

    @Test
    void shouldUseTheSameComposeFileForARegistry() throws IOException {
        assertThat(Files.readString(Chart.CHECKOUT.resolve("docker-compose-registry.yaml")))
                .isEqualTo(Files.readString(Chart.CHECKOUT.resolve("docker-compose.yaml")));
        assertThat(COMPOSE.findParents("build")).isEmpty();
        var placeholder = read("helm-chart/values.yaml").at("/global/repository").asText();
        assertThat(Files.readString(Chart.CHECKOUT.resolve("build-and-push.sh"))).contains("placeholder=" + placeholder + "\n");
        assertThat(COMPOSE.path("gateway").path("image").asText()).contains(":-" + placeholder + "}");
    }
}
