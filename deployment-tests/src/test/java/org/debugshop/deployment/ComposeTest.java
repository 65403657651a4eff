package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    static Stream<String> engines() {
        return ENGINES.stream();
    }

    /** A first start on a slow disk takes minutes, and a container that is unhealthy ends {@code docker-compose up}. */
    @ParameterizedTest
    @MethodSource("engines")
    void shouldGiveAnEngineTimeToStartAndToStop(String name) {
        assertThat(service(name).at("/healthcheck/start_period").asText()).isEqualTo("300s");
        assertThat(service(name).path("stop_grace_period").asText()).isEqualTo("60s");
    }

    @Test
    void shouldFindThatADatabaseIsMissing() {
        // pg_isready succeeds without the database that it names.
        assertThat(service("postgres").at("/healthcheck/test")).extracting(JsonNode::asText).contains("psql", "payments")
                .doesNotContain("pg_isready");
    }

    /** The default of {@code kafka-server-start.sh} is {@code -name kafkaServer -loggc}. */
    @Test
    void shouldWriteNoLogOfKafkasGarbageCollector() {
        assertThat(service("kafka").at("/environment/EXTRA_ARGS").asText()).isEqualTo("-name kafkaServer");
    }

    @Test
    void shouldForwardTelemetryWhereTheUserSays() {
        for (var variable : List.of("FORWARD_OTLP_ENDPOINT", "FORWARD_OTLP_HEADERS")) {
            assertThat(service("console").path("environment").path(variable).asText()).isEqualTo("${" + variable + ":-}");
        }
    }

    /** Docker mounts a tmpfs with noexec unless told otherwise, and then no library can be loaded from it. */
    @Test
    void shouldLetTheConsoleLoadItsLibraryForZstd() {
        assertThat(service("console").path("tmpfs")).extracting(JsonNode::asText).containsExactly("/tmp:exec");
    }

    /** The addresses of a second copy, or of a server, are others than those of a laptop. */
    @Test
    void shouldLinkToPagesWhereTheUserSays() {
        assertThat(service("gateway").at("/environment/CONSOLE_URL").asText()).isEqualTo("${CONSOLE_URL:-http://localhost:8090}");
        assertThat(service("console").at("/environment/CACHE_ADMIN_PAGE").asText())
                .isEqualTo("${CACHE_ADMIN_PAGE:-http://localhost:8086/admin}");
    }

    @Test
    void shouldGiveAnExistingDatabaseThePasswordOfToday(@TempDir Path directory) throws Exception {
        Files.writeString(Files.createDirectory(directory.resolve("data")).resolve("PG_VERSION"), "18");

        startPostgres(directory);

        assertThat(directory.resolve("sql")).content().contains("alter role \"shop\" password 'it''s new'\n",
                "create database \"orders\"\n");
        assertThat(directory.resolve("calls")).content().isEqualTo("postgres postgres --single -D " + directory.resolve("data")
                + " postgres\ndocker-entrypoint.sh postgres\n");
    }

    @Test
    void shouldLeaveAnEmptyVolumeToTheImage(@TempDir Path directory) throws Exception {
        startPostgres(directory);

        assertThat(directory.resolve("calls")).content().isEqualTo("docker-entrypoint.sh postgres\n");
    }

    /** Runs the container's start with an image that only records how it was called. */
    private static void startPostgres(Path directory) throws IOException, InterruptedException {
        command(directory, "gosu", "echo \"$@\" >>calls; cat >sql; echo 'ERROR:  database \"orders\" already exists' >&2");
        command(directory, "docker-entrypoint.sh", "echo docker-entrypoint.sh \"$@\" >>calls");
        var start = new ProcessBuilder("/bin/bash", Chart.CHECKOUT.resolve("docker/postgres-start.sh").toString(), "postgres")
                .directory(directory.toFile()).redirectErrorStream(true).redirectOutput(directory.resolve("out").toFile());
        start.environment().putAll(Map.of("PATH", directory + ":" + System.getenv("PATH"), "PGDATA", directory.resolve("data").toString(),
                "POSTGRES_USER", "shop", "POSTGRES_PASSWORD", "it's new", "POSTGRES_DB", "orders"));
        assertThat(start.start().waitFor()).isZero();
        assertThat(directory.resolve("out")).content().doesNotContain("already exists");
    }

    private static void command(Path directory, String name, String script) throws IOException {
        var file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
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
