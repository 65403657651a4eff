package org.debugshop.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** Renders the chart in {@code helm-chart/} with Helm. */
final class Chart {

    static final Path CHECKOUT = Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
    static final Path FOLDER = CHECKOUT.resolve("helm-chart");
    static final YAMLMapper YAML = new YAMLMapper();

    private static final String VALUES = "-values.yaml";
    private static final AtomicBoolean COPIED = new AtomicBoolean();

    /** Many tests look at what the same values render to in a cluster that has nothing yet. */
    private static final Map<List<String>, List<JsonNode>> RENDERED = new ConcurrentHashMap<>();

    private Chart() {}

    static Helm helm() {
        return new Helm(FOLDER);
    }

    static JsonNode defaultValues() {
        return read(FOLDER.resolve("values.yaml"));
    }

    static JsonNode read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns every object that {@code helm install shop .} would create, including hooks.
     *
     * @param values YAML that overrides the defaults
     * @throws IllegalStateException with Helm's message, if it refuses the values
     */
    static List<JsonNode> render(String values) {
        return render("shop", values);
    }

    static List<JsonNode> render(String release, String values) {
        return Cluster.isEmpty()
                ? RENDERED.computeIfAbsent(List.of(release, values), _ -> renderAnew(release, values))
                : renderAnew(release, values);
    }

    /** Returns the same, with new random secrets. */
    static List<JsonNode> renderAnew(String release, String values) {
        return documents(text(release, values));
    }

    /** Returns every object of the default values for this version of Kubernetes, without hooks. */
    static List<JsonNode> renderFor(String kubernetes) {
        Cluster.start();
        return documents(new Helm(withoutHooks()).template().withName("shop").withNamespace("default").withKubeVersion(kubernetes).call());
    }

    /** @return the same, as Helm prints it, rendered anew */
    static String text(String release, String values) {
        return withFile(values,
                file -> new Helm(withoutHooks()).template().withName(release).withNamespace("default").withValuesFile(file).call());
    }

    /** Returns every object of another chart with its default values, without hooks. */
    static List<JsonNode> render(Path chart) {
        Cluster.start();
        return documents(new Helm(chart).template().withName("shop").withNamespace("default").call());
    }

    /** Returns the notes that {@code helm install} prints at the end: what to do next. */
    static String notes(String values) {
        return withFile(values, file -> helm().install().clientOnly().dryRun().withDryRunOption(DryRun.CLIENT)
                .withName("shop").withNamespace("default").withValuesFile(file).call().getOutput()).replaceFirst("(?s).*\\nNOTES:\\n", "");
    }

    private static <T> T withFile(String values, Function<Path, T> work) {
        Cluster.start();
        try {
            var file = Files.createTempFile("values", ".yaml");
            try {
                Files.writeString(file, values);
                return work.apply(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a copy of the chart in which the test is no hook, because {@code helm template} leaves hooks out. */
    private static synchronized Path withoutHooks() {
        var copy = Path.of(System.getProperty("basedir", "")).resolve("target/chart").toAbsolutePath();
        if (!COPIED.getAndSet(true)) {
            try (var files = Files.walk(FOLDER)) {
                for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                    var target = copy.resolve(FOLDER.relativize(file));
                    Files.createDirectories(target.getParent());
                    Files.writeString(target, Files.readString(file).replaceAll("(?m)^    helm.sh/hook.*\\R", ""));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return copy;
    }

    private static List<JsonNode> documents(String text) {
        return Arrays.stream(text.split("(?m)^---$")).map(Chart::parse).filter(JsonNode::isObject).toList();
    }

    static JsonNode parse(String yaml) {
        try {
            return YAML.readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns combinations of values that users may want, by a name, and those of the environments: the files that
     * {@code helm-chart/check.sh} tries on an API server.
     */
    static Map<String, String> variants() {
        var variants = new TreeMap<String, String>();
        try (var files = Files.newDirectoryStream(FOLDER.resolve("ci"), "*" + VALUES)) {
            for (var file : files) {
                variants.put(file.getFileName().toString().replace(VALUES, "").replace('-', ' '), Files.readString(file));
            }
            for (var environment : environments()) {
                variants.put("environment " + environment, Files.readString(FOLDER.resolve("env/" + environment + ".yaml")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return variants;
    }

    /** Returns the names of the environments of {@code ./shop deploy}. */
    static List<String> environments() {
        try (var files = Files.list(FOLDER.resolve("env"))) {
            return files.map(file -> file.getFileName().toString().replace(".yaml", "")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
