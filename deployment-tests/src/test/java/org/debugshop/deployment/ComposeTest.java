package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** Checks the Compose files without Docker. {@code deploy-check.sh} runs the system with them. */
class ComposeTest {

    private static final JsonNode FILE = read("docker-compose.yaml");
    private static final List<String> ENGINES = List.of("postgres", "kafka", "redis");

    private static JsonNode read(String name) {
        try {
            return new ObjectMapper().valueToTree(new Yaml().load(Files.readString(Chart.CHECKOUT.resolve(name))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<String> services() {
        return FILE.path("services").properties().stream().map(entry -> entry.getKey());
    }

    static Stream<String> applications() {
        return services().filter(name -> !ENGINES.contains(name));
    }

    private static JsonNode service(String name) {
        return FILE.path("services").path(name);
    }

    @ParameterizedTest
    @MethodSource("applications")
    void shouldSetOnlyVariablesThatTheServiceReads(String name) {
        var folder = name.startsWith("load-generator") ? "load-generator" : name;
        var set = new ArrayList<String>();
        service(name).path("environment").fieldNames().forEachRemaining(set::add);
        assertThat(Variables.readBy(folder)).containsAll(
                set.stream().filter(variable -> !variable.equals("OTEL_EXPORTER_OTLP_ENDPOINT") || !name.equals("console")).toList());
    }

    @ParameterizedTest
    @MethodSource("applications")
    void shouldRunWithoutUnneededRights(String name) {
        assertThat(service(name).path("read_only").asBoolean()).isTrue();
        assertThat(service(name).path("cap_drop")).extracting(JsonNode::asText).containsExactly("ALL");
        assertThat(service(name).path("security_opt")).extracting(JsonNode::asText).containsExactly("no-new-privileges:true");
    }

    @ParameterizedTest
    @MethodSource("services")
    void shouldLimitTheMemory(String name) {
        assertThat(service(name).path("mem_limit").asText()).matches("\\d+m");
    }

    @ParameterizedTest
    @MethodSource("services")
    void shouldWaitOnlyForServicesWithAHealthCheck(String name) {
        service(name).path("depends_on").properties().forEach(dependency -> {
            assertThat(dependency.getValue().path("condition").asText()).isEqualTo("service_healthy");
            // The images of the services contain a health check.
            assertThat(!ENGINES.contains(dependency.getKey()) || service(dependency.getKey()).has("healthcheck")).as(dependency.getKey())
                    .isTrue();
        });
    }

    @Test
    void shouldDeclareAllUsedVolumes() {
        var used = FILE.path("services").findValues("volumes").stream().flatMap(JsonNode::valueStream).map(JsonNode::asText)
                .map(volume -> volume.substring(0, volume.indexOf(':'))).filter(volume -> !volume.startsWith("./")).toList();
        assertThat(used)
                .containsExactlyInAnyOrderElementsOf(FILE.path("volumes").properties().stream().map(entry -> entry.getKey()).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"docker-compose.yaml", "docker-compose.observability.yaml"})
    void shouldMountOnlyExistingFiles(String name) {
        var mounted = read(name).path("services").findValues("volumes").stream().flatMap(JsonNode::valueStream).map(JsonNode::asText)
                .filter(volume -> volume.startsWith("./")).map(volume -> volume.substring(2, volume.indexOf(':'))).toList();
        assertThat(mounted).isNotEmpty().allSatisfy(file -> assertThat(Chart.CHECKOUT.resolve(file)).exists());
    }

    /** A fixed version makes sure that the same image is used every time. */
    @ParameterizedTest
    @ValueSource(strings = {"docker-compose.yaml", "docker-compose.observability.yaml"})
    void shouldPinForeignImages(String name) {
        assertThat(read(name).path("services").findValuesAsText("image")).filteredOn(image -> !image.contains("REPOSITORY")).isNotEmpty()
                .allSatisfy(image -> assertThat(image).matches(".+:v?\\d[\\d.]*"));
    }
}
