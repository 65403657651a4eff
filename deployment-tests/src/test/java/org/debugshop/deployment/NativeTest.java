package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the sources need so that a native executable has it all, as far as that shows without a native compiler. */
class NativeTest {

    /** What Quarkus itself looks for and makes when it builds. */
    private static final Set<String> MADE_BY_QUARKUS = Set.of("io.smallrye.config.ConfigSourceInterceptor",
            "io.smallrye.config.ConfigSourceFactory");

    /** Calls that find classes by names or make them without a constructor. */
    private static final Pattern REFLECTION = Pattern.compile(
            "Class\\.forName|ServiceLoader|\\.getDeclared\\w+\\(|Array\\.newInstance|Proxy\\.newProxyInstance|MethodHandles|\\.loadClass\\(");

    static Stream<String> services() {
        return Topology.DEBUG_SHOP.applications().stream().map(Service::module).distinct();
    }

    static Stream<String> libraryAndServices() {
        return Stream.concat(Stream.of("service-defaults"), services());
    }

    @ParameterizedTest
    @MethodSource("services")
    void shouldHaveEveryResourceInTheExecutable(String service) throws IOException {
        var settings = new Properties();
        try (var file = Files.newBufferedReader(main(service).resolve("resources/application.properties"))) {
            settings.load(file);
        }
        var included = Arrays.stream(settings.getProperty("quarkus.native.resources.includes", "").split(","))
                .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob)).toList();
        for (var folder : List.of("resources", "filtered")) {
            // Quarkus includes META-INF/resources by itself, and settings become code.
            assertThat(files(main(service).resolve(folder)))
                    .filteredOn(path -> !path.startsWith("META-INF") && !path.equals(Path.of("application.properties")))
                    .allMatch(path -> included.stream().anyMatch(glob -> glob.matches(path)));
        }
    }

    /** Quarkus turns off what would register the providers of every {@link java.util.ServiceLoader}. */
    @ParameterizedTest
    @MethodSource("libraryAndServices")
    void shouldRegisterTheProvidersOfServices(String module) throws IOException {
        var resources = main(module).resolve("resources");
        var metadata = resources.resolve("META-INF/native-image/org.debugshop/" + module + "/reachability-metadata.json");
        for (var service : files(resources.resolve("META-INF/services"))) {
            if (!MADE_BY_QUARKUS.contains(service.toString())) {
                var file = "META-INF/services/" + service;
                assertThat(metadata).content().contains("{\"glob\": \"" + file + "\"}")
                        .contains(Files.readAllLines(resources.resolve(file)).stream().map(provider -> "{\"type\": \"" + provider + "\", ")
                                .toList());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("libraryAndServices")
    void shouldUseNoReflection(String module) throws IOException {
        var sources = main(module).resolve("java");
        assertThat(files(sources)).isNotEmpty().allSatisfy(source -> assertThat(Files.readString(sources.resolve(source)))
                .as("%s", source).doesNotContainPattern(REFLECTION));
    }

    /** {@code native-rules} refuses JSON of types that aren't registered for reflection. */
    @ParameterizedTest
    @MethodSource("libraryAndServices")
    void shouldHaveTheRulesForJsonInItsTests(String module) throws IOException {
        assertThat(pom(module)).contains("<artifactId>native-rules</artifactId>");
    }

    /** Flyway and the PostgreSQL driver find their classes by name. */
    @ParameterizedTest
    @MethodSource("services")
    void shouldBuildWithTheExtensionsForADatabase(String service) throws IOException {
        if (Files.isDirectory(main(service).resolve("resources/db/migration"))) {
            assertThat(pom(service)).containsSubsequence("<profile>", "<id>native</id>", "<name>native</name>", "quarkus-flyway",
                    "quarkus-jdbc-postgresql", "</profile>");
        }
    }

    @Test
    void shouldLookForTheExecutableWhereItIsBuilt() throws IOException {
        assertThat(Files.readString(Chart.CHECKOUT.resolve("pom.xml"))).contains(
                "<quarkus.package.output-directory>.</quarkus.package.output-directory>",
                "<quarkus.package.runner-suffix>-runner</quarkus.package.runner-suffix>");
        assertThat(Files.readString(Chart.CHECKOUT.resolve("Dockerfile.native"))).contains("/target/quarkus-runner ");
        assertThat(Files.readString(Chart.CHECKOUT.resolve("native-check.sh"))).contains("/target/quarkus-runner\"");
    }

    private static Path main(String module) {
        return Chart.CHECKOUT.resolve(module).resolve("src/main");
    }

    private static String pom(String module) throws IOException {
        return Files.readString(Chart.CHECKOUT.resolve(module).resolve("pom.xml"));
    }

    /** Returns the files below a folder, relative to it; none if there is no folder. */
    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).map(folder::relativize).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
