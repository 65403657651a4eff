package org.debugshop.deployment;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.debugshop.deployment.generate.Generate;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** Runs {@code ./shop generate} in a copy of the project with one more service, and checks that every list of services contains it. */
class GenerateTest {

    private static final Set<String> NOT_COPIED = Set.of(".git", ".shop", "target", "node_modules", "src", "docs");
    private static final String TOPOLOGY = "launcher/src/main/java/org/debugshop/launcher/topology";
    private static final String ENUM = "testkit/src/main/java/org/debugshop/testkit/Service.java";

    @TempDir
    private Path project;

    @TempDir
    private Path work;

    @BeforeEach
    void copy() throws IOException {
        Files.walkFileTree(Chart.CHECKOUT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return !folder.equals(Chart.CHECKOUT) && NOT_COPIED.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                copy(Chart.CHECKOUT.relativize(file));
                return FileVisitResult.CONTINUE;
            }
        });
        copy(Path.of(ENUM));
        copy(Path.of("docs/failures.md"));
        try (var sources = Files.newDirectoryStream(Chart.CHECKOUT.resolve(TOPOLOGY))) {
            for (var source : sources) {
                copy(Chart.CHECKOUT.relativize(source));
            }
        }
    }

    private void copy(Path file) throws IOException {
        Files.createDirectories(project.resolve(file).getParent());
        Files.copy(Chart.CHECKOUT.resolve(file), project.resolve(file), LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void shouldFindEveryListOfServicesUpToDate() throws IOException {
        assertThat(new Generate(Chart.CHECKOUT, Topology.DEBUG_SHOP).changes().keySet())
                .as("Lists of services that differ from the topology, the chart's values or the POMs; ./shop generate writes them again")
                .isEmpty();
    }

    @Test
    void shouldAddAServiceEverywhere() throws Exception {
        addReviews();

        assertThat(generate()).startsWith("Changed ");

        assertThat(filesThatName("reviews")).containsExactlyInAnyOrderElementsOf(filesThatName("ad-service"));
        assertThat(Files.readString(project.resolve("pom.xml"))).containsOnlyOnce("<module>reviews</module>");
        assertThat(Files.readString(project.resolve("distribution/pom.xml"))).containsOnlyOnce("<artifactId>reviews</artifactId>");
        assertThat(Files.readString(project.resolve(ENUM))).contains(" REVIEWS(8091), ");
        assertThat(Files.readString(project.resolve("README.md")))
                .contains("\n| reviews | localhost:8091 | What customers think |\n");

        var service = yaml("docker-compose.yaml").at("/services/reviews");
        assertThat(service.path("image").asText()).isEqualTo("${REPOSITORY:-registry.example.com/debug-shop}:reviews-${TAG:-latest}");
        assertThat(service.path("ports")).extracting(JsonNode::asText).containsExactly("${BIND:-127.0.0.1}:${REVIEWS_PORT-8091}:8091");
        assertThat(service.path("mem_limit").asText()).isEqualTo("224m");
        assertThat(service.path("read_only").asBoolean()).isTrue();
        assertThat(service.at("/environment/PRODUCT_CATALOG_SERVICE").asText()).isEqualTo("http://product-catalog:8081");
        assertThat(service.at("/environment/STARS").asText()).isEqualTo("${STARS:-5}");
        assertThat(service.path("depends_on").fieldNames()).toIterable().containsExactly("product-catalog");
        assertThat(yaml("docker-compose.yaml").at("/services/console/environment/SCRAPE_TARGETS").asText().split(","))
                .contains("reviews=http://reviews:8091");
        assertThat(yaml("docker-compose.override.yaml").at("/services/reviews/build/args/SERVICE").asText()).isEqualTo("reviews");
        assertThat(yaml("docker-compose.observability.yaml").at("/services/reviews/environment/OTEL_EXPORTER_OTLP_ENDPOINT").asText())
                .isEqualTo("http://collector:4318");
        assertThat(yaml("docker/observability/prometheus.yaml").at("/scrape_configs/0/static_configs/0/targets"))
                .extracting(JsonNode::asText).contains("reviews:8091");

        var rendered = Chart.render(project.resolve("helm-chart")).stream()
                .filter(object -> object.at("/metadata/name").asText().endsWith("reviews")).toList();
        assertThat(rendered).extracting(object -> object.path("kind").asText()).contains("Deployment", "Service", "NetworkPolicy");
        assertThat(rendered.toString()).contains("registry.example.com/debug-shop:reviews-latest", "PRODUCT_CATALOG_SERVICE");
    }

    @Test
    void shouldChangeNothingTheSecondTime() throws Exception {
        addReviews();

        assertThat(generate()).startsWith("Changed ");
        assertThat(generate()).startsWith("Nothing to change");
    }

    @Test
    void shouldRemoveAServiceAgain() throws Exception {
        addReviews();
        assertThat(generate()).startsWith("Changed ");
        assertThat(filesThatName("reviews")).hasSizeGreaterThan(5);

        Files.copy(Chart.CHECKOUT.resolve(TOPOLOGY, "Topology.java"), emptied(project.resolve(TOPOLOGY, "Topology.java")));
        assertThat(generate()).startsWith("Changed ");

        assertThat(filesThatName("reviews")).containsExactlyInAnyOrder("helm-chart/values.yaml");
    }

    @Test
    void shouldReportWhatANewServiceLacks() throws Exception {
        edit(TOPOLOGY + "/Topology.java", "quarkus(\"ad-service\", 8083),", "quarkus(\"ad-service\", 8083), quarkus(\"reviews\", 8091),");

        assertThat(generate()).contains("helm-chart/values.yaml has no service reviews. Add it below 'services'");
    }

    /** The scripts and the Dockerfile find the services by the POMs, so nothing is generated for them. */
    @Test
    void shouldBuildTheImageOfANewService() throws Exception {
        addReviews();

        assertThat(run(project, "./build-and-push.sh", "--list").lines()).contains("reviews", "gateway");
        assertThat(run(project, "./build-and-push.sh", "--dry-run", "--load", "reviews")).contains("SERVICE=reviews ");

        var dockerfile = Files.readString(project.resolve("Dockerfile"));
        run(project, "sh", "-c", find(dockerfile, "(?s)RUN cd /src \\\\\n && (.+?)\n\n").replace("\\\n", ""));
        assertThat(Stream.of("reviews/pom.xml", "gateway/pom.xml", "bench/bare/pom.xml", "pom.xml", "mvnw", ".mvn/maven.config"))
                .allSatisfy(file -> assertThat(project.resolve(file)).exists());
        assertThat(Stream.of("README.md", "helm-chart", "shop", "docker-compose-registry.yaml", "launcher/src"))
                .allSatisfy(file -> assertThat(project.resolve(file)).doesNotExist());
        var services = run(project, "sh", "-c", find(dockerfile, "RUN (services=.+) \\\\\n") + "; echo \"${services%,}\"");
        assertThat(services.strip().split(",")).contains("reviews", "gateway").doesNotContain("bench", "launcher");
    }

    private void addReviews() throws IOException {
        edit(TOPOLOGY + "/Topology.java", "            quarkus(\"ad-service\", 8083),\n", """
                            quarkus("ad-service", 8083),
                            quarkus("reviews", 8091).calls("PRODUCT_CATALOG_SERVICE", "product-catalog"),
                """);
        edit("helm-chart/values.yaml", "\n  ad-service:\n    port: 8083\n", """

                  ad-service:
                    port: 8083
                  reviews:
                    port: 8091
                    calls:
                      PRODUCT_CATALOG_SERVICE: product-catalog
                    env:
                      STARS: "5"
                    resources:
                      limits: {memory: 224Mi}
                """);
        Files.createDirectory(project.resolve("reviews"));
        Files.writeString(project.resolve("reviews/pom.xml"), Files.readString(project.resolve("ad-service/pom.xml"))
                .replace("ad-service", "reviews")
                .replaceFirst("<description>.*</description>", "<description>What customers think</description>"));
    }

    private void edit(String file, String before, String after) throws IOException {
        var text = Files.readString(project.resolve(file));
        assertThat(text).containsOnlyOnce(before);
        Files.writeString(project.resolve(file), text.replace(before, after));
    }

    private static Path emptied(Path file) throws IOException {
        Files.delete(file);
        return file;
    }

    /** Compiles the topology of the copy, and runs the generator with it. */
    private String generate() throws IOException, InterruptedException {
        var classes = work.resolve("classes");
        var compiler = new ArrayList<>(List.of("-d", classes.toString()));
        try (var sources = Files.newDirectoryStream(project.resolve(TOPOLOGY))) {
            sources.forEach(source -> compiler.add(source.toString()));
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, compiler.toArray(String[]::new))).isZero();
        return run(work, Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                classes + File.pathSeparator + System.getProperty("java.class.path"), Generate.class.getName(), project.toString());
    }

    private String run(Path folder, String... command) throws IOException, InterruptedException {
        var output = work.resolve("output");
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();
        return Files.readString(output);
    }

    private static String find(String text, String pattern) {
        var found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).as(pattern).isTrue();
        return found.group(1);
    }

    /**
     * Returns the files that contain the name of a service in any spelling, except for its own files, the topology, and what describes the
     * failures.
     */
    private List<String> filesThatName(String service) throws IOException {
        var names = new ArrayList<String>();
        try (var files = Files.walk(project)) {
            for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                var name = project.relativize(file).toString();
                if (!name.startsWith(service + "/") && !name.startsWith(TOPOLOGY) && !name.startsWith("failures/")
                        && !name.equals("docs/failures.md")
                        && Files.readString(file, ISO_8859_1).toLowerCase(Locale.ROOT).replace('_', '-').contains(service)) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private JsonNode yaml(String file) throws IOException {
        return new ObjectMapper().valueToTree(new Yaml().load(Files.readString(project.resolve(file))));
    }
}
