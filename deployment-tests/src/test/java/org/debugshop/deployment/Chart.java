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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** Renders the chart in {@code helm-chart/} with Helm. */
final class Chart {

    static final Path CHECKOUT = Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
    static final Path FOLDER = CHECKOUT.resolve("helm-chart");
    static final YAMLMapper YAML = new YAMLMapper();

    private static final AtomicBoolean COPIED = new AtomicBoolean();

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
        return documents(text(release, values));
    }

    /** @return the same, as Helm prints it */
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

    /** Returns combinations of values that users may want, by a name. */
    static Map<String, String> variants() {
        return Map.ofEntries(
                Map.entry("as it is", ""),
                Map.entry("external engines", """
                        engines:
                          postgres: {enabled: false, external: {host: db.example.com, port: 6432, user: owner}}
                          kafka: {enabled: false, external: {bootstrapServers: "one.example.com:9094,two.example.com:9095"}}
                          redis: {enabled: false, external: {url: "rediss://cache.example.com:6380"}}
                        secrets: {existing: my-secret}
                        """),
                Map.entry("without engines", """
                        engines: {postgres: {enabled: false}, kafka: {enabled: false}, redis: {enabled: false}}
                        services: {inventory: {enabled: false}}
                        """),
                Map.entry("through the collector", """
                        telemetry: {to: collector, collector: {endpoint: "http://jaeger.observability:4318"}}
                        """),
                Map.entry("collector without console", """
                        telemetry: {to: collector, collector: {endpoint: "https://otlp.example.com"}}
                        services: {console: {enabled: false}}
                        """),
                Map.entry("to a vendor", """
                        telemetry: {to: otlp, otlp: {endpoint: "https://otlp.example.com/otlp", headersSecret: vendor}}
                        services: {console: {enabled: false}, load-generator: {enabled: false}, load-generator-instabook: {enabled: false}}
                        """),
                Map.entry("many and moved",
                        """
                                global: {repository: "ghcr.io/somebody/shop", tag: 1.2.3, imagePullPolicy: IfNotPresent, imagePullSecrets: [{name: pull}]}
                                defaults: {replicas: 2, nodeSelector: {disk: ssd}, podDisruptionBudget: {enabled: true}}
                                services:
                                  console: {replicas: 1}
                                  gateway:
                                    image: {repository: ghcr.io/other/gateway, tag: canary}
                                    autoscaling: {enabled: true, minReplicas: 2, maxReplicas: 5}
                                    env: {LOG_LEVEL: DEBUG, UPSTREAM_TIMEOUT: 3s}
                                    tolerations: [{key: spot, operator: Exists}]
                                    topologySpreadConstraints:
                                      - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {a: b}}}
                                    affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}
                                    priorityClassName: high
                                    podAnnotations: {note: "yes"}
                                """),
                Map.entry("exposed and watched",
                        """
                                ingress: {enabled: true, className: nginx, hosts: {gateway: shop.example.com, console: console.example.com}, tls: [{hosts: [shop.example.com], secretName: tls}]}
                                gatewayApi: {enabled: true, parentRefs: [{name: edge, namespace: gateways}], hosts: {instabook-cache: switch.example.com}}
                                metrics: {serviceMonitor: {enabled: true, labels: {release: prometheus}}}
                                networkPolicy: {metricsFrom: [{namespaceSelector: {matchLabels: {name: monitoring}}}]}
                                secrets: {apiToken: token, adminPassword: "päss: word", databasePassword: secret}
                                """),
                Map.entry("without policies", "networkPolicy: {enabled: false}\nmetrics: {annotations: false}\n"));
    }
}
