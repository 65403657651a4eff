package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules for the files of {@code failures/}. */
class FailureFilesTest {

    private static final Path FOLDER = Chart.CHECKOUT.resolve("failures");
    private static final String LAUNCHER = "launcher";
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void shouldListEachFileOnce() throws IOException {
        try (var files = Files.list(FOLDER)) {
            assertThat(ids()).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(files.map(file -> file.getFileName().toString())
                    .filter(name -> !List.of("index.json", "schema.json").contains(name)).map(name -> name.replaceFirst("\\.json$", ""))
                    .toList());
        }
    }

    @Test
    void shouldListTheFailuresOfATopicOneAfterTheOther() {
        var topics = ids().stream().map(id -> read(id).path("topic").asText()).toList();
        var changes = Stream.iterate(1, i -> i < topics.size(), i -> i + 1).filter(i -> !topics.get(i).equals(topics.get(i - 1))).count();
        assertThat(changes).isEqualTo(topics.stream().distinct().count() - 1);
    }

    @ParameterizedTest
    @MethodSource("ids")
    void shouldMatchTheSchema(String id) throws IOException {
        var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(FOLDER.resolve("schema.json")), InputFormat.JSON);
        assertThat(schema.validate(Files.readString(FOLDER.resolve(id + ".json")), InputFormat.JSON)).extracting(Error::toString).isEmpty();
        assertThat(read(id).path("id").asText()).isEqualTo(id);
    }

    @ParameterizedTest
    @MethodSource("ids")
    void shouldNameOnlyFilesThatExist(String id) {
        assertThat(read(id).path("sources")).allSatisfy(source -> assertThat(Chart.CHECKOUT.resolve(source.asText())).isRegularFile());
    }

    @ParameterizedTest
    @MethodSource("ids")
    void shouldBeDeclaredByEachOfItsServicesWithTheSameDefault(String id) {
        var fault = read(id);
        assertThat(fault.path("services")).filteredOn(service -> !service.asText().equals(LAUNCHER)).allSatisfy(service -> {
            var declared = declarations(service.asText()).filter(declaration -> declaration.id.equals(id)).toList();
            assertThat(declared).as("Faults.java of " + service.asText()).singleElement().satisfies(
                    declaration -> assertThat(declaration.usual).isEqualTo(fault.at("/strength/default").asDouble(1)));
        });
    }

    /** The launcher has no FAULTS, and so needs no default. */
    @Test
    void shouldBeKnownToTheLauncherIfItSwitchesThem() throws IOException {
        var ids = ids().stream().filter(id -> read(id).path("services").toString().contains('"' + LAUNCHER + '"')).toList();
        assertThat(ids).isNotEmpty();
        try (var files = Files.walk(Chart.CHECKOUT.resolve(LAUNCHER).resolve("src/main/java"))) {
            var sources = files.filter(Files::isRegularFile).map(FailureFilesTest::text).toList();
            assertThat(ids).allSatisfy(id -> assertThat(sources).anyMatch(source -> source.contains("FAULT = \"" + id + '"')));
        }
    }

    @Test
    void shouldDescribeEachFaultThatAServiceDeclares() throws IOException {
        try (var folders = Files.list(Chart.CHECKOUT)) {
            folders.map(folder -> folder.getFileName().toString()).forEach(service -> assertThat(declarations(service)).allSatisfy(
                    declaration -> assertThat(read(declaration.id).path("services")).extracting(JsonNode::asText).contains(service)));
        }
    }

    @ParameterizedTest
    @MethodSource("ids")
    void shouldAllowItsDefault(String id) {
        var strength = read(id).path("strength");
        assertThat(strength.path("default").asDouble()).isBetween(strength.path("min").asDouble(), strength.path("max").asDouble());
    }

    private record Declaration(String id, double usual) {}

    private static final Pattern DECLARATION = Pattern.compile("\\.fault\\(\"([^\"]+)\"(?:,\\s*([\\d._]+))?\\)");

    /** Returns what {@code Faults.java} of a module declares; nothing if there is none. */
    private static Stream<Declaration> declarations(String module) {
        var sources = Chart.CHECKOUT.resolve(module).resolve("src/main/java");
        if (!Files.isDirectory(sources)) {
            return Stream.of();
        }
        try (var files = Files.walk(sources)) {
            return files.filter(file -> file.endsWith("Faults.java")).toList().stream()
                    .flatMap(file -> DECLARATION.matcher(text(file)).results())
                    .map(found -> new Declaration(found.group(1),
                            found.group(2) == null ? 1 : Double.parseDouble(found.group(2).replace("_", ""))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> ids() {
        return StreamSupport.stream(read("index").spliterator(), false).map(JsonNode::asText).toList();
    }

    private static JsonNode read(String id) {
        try {
            return JSON.readTree(FOLDER.resolve(id + ".json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
