package org.debugshop.deployment.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;

/**
 * Writes the parts of files that list services or failures. The sources are {@link Topology}, the chart's values, the descriptions in the
 * POMs of the services, and the files of {@code failures/}. {@code ./shop generate} runs it.
 */
public final class Generate {

    private static final Pattern DESCRIPTION = Pattern.compile("<description>([^<]+)</description>");

    private final Path root;
    private final Topology topology;

    public Generate(Path root, Topology topology) {
        this.root = root;
        this.topology = topology;
    }

    /** @param arguments the root of the checkout */
    public static void main(String... arguments) throws IOException {
        var root = Path.of(arguments[0]);
        var changed = new Generate(root, Topology.DEBUG_SHOP).changes();
        for (var change : changed.entrySet()) {
            Files.writeString(root.resolve(change.getKey()), change.getValue());
        }
        System.out.println(changed.isEmpty() ? "Nothing to change" : "Changed " + String.join(", ", changed.keySet()));
    }

    /** Returns the files that would change, each with its new content. */
    public Map<String, String> changes() throws IOException {
        var compose = new ComposeFiles(topology, ChartValues.read(root));
        var changes = new LinkedHashMap<String, String>();
        var parts = Map.of(
                "pom.xml", List.of(modules()),
                "distribution/pom.xml", List.of(dependencies()),
                "docker-compose.yaml", List.of(compose.base(), compose.services()),
                "docker-compose.override.yaml", List.of(compose.builds()),
                "docker-compose.observability.yaml", List.of(compose.sendersToCollector()),
                "docker/observability/prometheus.yaml", List.of(targets()),
                "docs/failures.md", List.of(new FailureTable(root).lines()),
                "README.md", List.of(table()),
                "testkit/src/main/java/org/debugshop/testkit/Service.java", List.of(constants()));
        for (var file : parts.keySet().stream().sorted().toList()) {
            var text = Files.readString(root.resolve(file));
            var generated = GeneratedParts.replace(file, text, parts.get(file));
            if (!generated.equals(text)) {
                changes.put(file, generated);
            }
        }
        return changes;
    }

    private Stream<String> moduleNames() {
        return topology.applications().stream().map(Service::module).distinct();
    }

    private List<String> modules() {
        return moduleNames().map(module -> "    <module>" + module + "</module>").toList();
    }

    private List<String> dependencies() {
        return moduleNames().flatMap(module -> Stream.of(
                "    <dependency>",
                "      <groupId>org.debugshop</groupId>",
                "      <artifactId>" + module + "</artifactId>",
                "      <version>${project.version}</version>",
                "      <type>pom</type>",
                "    </dependency>")).toList();
    }

    private List<String> targets() {
        return topology.applications().stream().map(service -> "          - " + service.name() + ":" + service.port()).toList();
    }

    /** Returns the table of the README: a line for each program, in the order of the ports. */
    private List<String> table() throws IOException {
        var lines = new ArrayList<>(List.of("| service | address | what it does |", "| --- | --- | --- |"));
        var programs = new ArrayList<>(topology.applications().stream()
                .collect(Collectors.groupingBy(Service::module, LinkedHashMap::new, Collectors.toList())).values());
        programs.sort(Comparator.comparingInt(services -> services.getFirst().port()));
        for (var services : programs) {
            var module = services.getFirst().module();
            lines.add("| " + module + " | " + addresses(services) + " | " + description(module) + " |");
        }
        return lines;
    }

    private static String addresses(List<Service> services) {
        var first = services.getFirst();
        var address = "localhost:" + first.port();
        if (first.page().isPresent()) {
            address += first.page().get().path().replaceFirst("/$", "");
            address = "[" + address + "](http://" + address + ")";
        }
        if (first.takesOtlp()) {
            address += ", OTLP at " + Topology.OTLP_PORT + " (HTTP) and " + Topology.OTLP_GRPC_PORT + " (gRPC)";
        }
        return services.stream().skip(1).map(other -> ", " + other.port()).collect(Collectors.joining("", address, ""));
    }

    private String description(String module) throws IOException {
        var pom = module + "/pom.xml";
        var description = DESCRIPTION.matcher(Files.readString(root.resolve(pom)));
        if (!description.find()) {
            throw new IllegalStateException(pom + " has no <description>, which the README needs");
        }
        return description.group(1);
    }

    /** Returns the constants of the enum {@code Service} in the test kit. */
    private List<String> constants() {
        return topology.applications().stream()
                .map(service -> "    " + service.name().toUpperCase(Locale.ROOT).replace('-', '_') + "(" + service.port() + "), //")
                .toList();
    }
}
