package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the files for mirrord, Telepresence and Tilt say about the system. */
class DevelopmentToolsTest {

    private static final Path MIRRORD = Chart.CHECKOUT.resolve("deploy/mirrord");
    private static final String RELEASE = "microservice-demo";
    private static final String NAMESPACE = "debug-shop-dev";

    static List<Path> mirrordFiles() throws IOException {
        try (var files = Files.newDirectoryStream(MIRRORD, "*.json")) {
            var all = new ArrayList<Path>();
            files.forEach(all::add);
            return all;
        }
    }

    private static Schema schema() {
        try (var file = DevelopmentToolsTest.class.getResourceAsStream("/mirrord/mirrord-schema.json")) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(new String(file.readAllBytes()),
                    InputFormat.JSON);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    @ParameterizedTest
    @MethodSource("mirrordFiles")
    void shouldMatchTheSchemaOfMirrord(Path file) throws IOException {
        assertThat(schema().validate(Files.readString(file), InputFormat.JSON)).extracting(Error::toString).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "mode": "steal"  | "mode": "take"
            "http_filter"    | "http_filters"
            "namespace"      | "name_space"
            [8084]           | ["http"]
            """)
    void shouldNoticeWhatMirrordWouldRefuse(String right, String wrong) throws IOException {
        var file = Files.readString(MIRRORD.resolve("checkout.json"));
        assertThat(file).contains(right);
        assertThat(schema().validate(file.replace(right, wrong), InputFormat.JSON)).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("mirrordFiles")
    void shouldNameADeploymentAContainerAndAPortOfTheChart(Path file) throws IOException {
        var service = file.getFileName().toString().replaceFirst("\\.json$", "");
        var target = json(file).path("target");
        var parts = target.path("path").asText().split("/");
        var deployment = new Objects(Chart.render(RELEASE, Chart.variants().get("environment dev"))).find("Deployment", parts[1])
                .orElseThrow();
        var container = Objects.podSpec(deployment).at("/containers/0");

        assertThat(parts).containsExactly("deployment", RELEASE + "-" + service, "container", service);
        assertThat(container.path("name").asText()).isEqualTo(service);
        assertThat(target.path("namespace").asText()).isEqualTo(NAMESPACE);
        assertThat(json(file).at("/feature/network/incoming/http_filter/ports")).extracting(JsonNode::asInt)
                .containsExactly(container.at("/ports/0/containerPort").asInt());
        var overridden = json(file).at("/feature/env/override").fieldNames();
        overridden.forEachRemaining(variable -> assertThat(Variables.readBy(service)).contains(variable));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            debug-shop.intercept=ann                                   | true
            tenant=a, debug-shop.intercept=ann;ttl=5 ,b=c              | true
            a=b,debug-shop.intercept=ann,c=d                           | true
            debug-shop.intercept=anna                                  | false
            debug-shop.intercept=bob                                   | false
            not-debug-shop.intercept=ann                               | false
            debug-shop_intercept=ann                                   | false
            """)
    void shouldTakeOnlyRequestsWithTheKey(String baggage, boolean taken) throws IOException {
        var filter = json(MIRRORD.resolve("checkout.json")).at("/feature/network/incoming/http_filter/header_filter").asText();
        assertThat(Pattern.compile(filter.replace("{{ key }}", "ann")).matcher("baggage: " + baggage).find()).isEqualTo(taken);

        var page = Files.readString(Chart.CHECKOUT.resolve("docs/telepresence.md"));
        var header = Pattern.compile("--http-header 'baggage=([^']+)'").matcher(page);
        assertThat(header.find()).isTrue();
        assertThat(header.group(1)).as("Telepresence splits the option at commas").doesNotContain(",");
        assertThat(Pattern.compile(header.group(1)).matcher(baggage).find()).isEqualTo(taken);
    }

    @ParameterizedTest
    @CsvSource({"mirrord, deploy/mirrord/checkout.json", "telepresence, 8084:http"})
    void shouldUseTheNamesOfTheChartInTheDocumentation(String page, String part) throws IOException {
        assertThat(Files.readString(Chart.CHECKOUT.resolve("docs/" + page + ".md"))).contains(part, NAMESPACE,
                "debug-shop.intercept=ann", "./shop intercept");
    }

    /** The values that the Tiltfile sets, for checkout. */
    @Test
    void shouldRenderTheChartAsTheTiltfileDoes() throws IOException {
        var tiltfile = Files.readString(Chart.CHECKOUT.resolve("Tiltfile"));
        var set = tiltfile.replaceFirst("(?s).*\\n    set=\\[\\n(.*?)\\n    ],\\n.*", "$1").lines().map(String::strip)
                .filter(line -> line.startsWith("'")).map(DevelopmentToolsTest::value).toList();
        assertThat(set).hasSize(9);
        Cluster.start();
        var template = new Helm(Chart.FOLDER).template().withName(RELEASE).withNamespace("default")
                .withValuesFile(Chart.FOLDER.resolve("env/dev.yaml"));
        set.forEach(value -> template.set(value.replaceFirst("=.*", ""), value.replaceFirst("[^=]*=", "")));
        var objects = new Objects(Arrays.stream(template.call().split("(?m)^---$")).map(Chart::parse).filter(JsonNode::isObject).toList());

        assertThat(image(objects, "checkout")).isEqualTo("debug-shop-checkout:tilt");
        assertThat(image(objects, "gateway")).isEqualTo("registry.example.com/debug-shop:gateway-latest");
        var container = Objects.podSpec(objects.find("Deployment", RELEASE + "-checkout").orElseThrow()).at("/containers/0");
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isFalse();
        assertThat(container.path("imagePullPolicy").asText()).isEqualTo("IfNotPresent");
    }

    private static String image(Objects objects, String service) {
        return Objects.podSpec(objects.find("Deployment", RELEASE + "-" + service).orElseThrow()).at("/containers/0/image").asText();
    }

    /** Evaluates an expression such as {@code 'a' + service + 'b' + os.getenv('C', 'd'),}. */
    private static String value(String expression) {
        return Stream.of(expression.replaceFirst(",$", "").replaceAll("os\\.getenv\\('[A-Z]+', ('[^']*')\\)", "$1").split(" \\+ "))
                .map(part -> part.startsWith("'") ? part.substring(1, part.length() - 1) : "checkout").reduce("", String::concat);
    }

    @Test
    void shouldNameOnlyPathsThatThereAreInTheTiltfile() throws IOException {
        var tiltfile = Files.readString(Chart.CHECKOUT.resolve("Tiltfile"));
        var paths = Pattern.compile("(?:module \\+ )?'(/?[a-z-]+(?:/[a-z-]+)+(?:\\.\\w+)?|failures|helm-chart)'").matcher(tiltfile)
                .results()
                .map(found -> found.group().startsWith("module") ? "checkout" + found.group(1) : found.group(1))
                .filter(path -> !path.startsWith("/") && !path.endsWith("/quarkus-app")).distinct().toList();
        assertThat(paths).contains("checkout/src/main", "service-defaults/pom.xml", "failures", "helm-chart/env/dev.yaml")
                .allSatisfy(path -> assertThat(Chart.CHECKOUT.resolve(path)).exists());
    }
}
