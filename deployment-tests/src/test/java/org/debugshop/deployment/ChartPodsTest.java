package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pods of the chart: services, engines, the Collector and the smoke test. */
class ChartPodsTest {

    private static final int SERVICES = Topology.DEBUG_SHOP.applications().size();
    private static final int ENGINES = 3;

    private static Objects render(String values) {
        return new Objects(Chart.render(values));
    }

    /** Metadata and spec of each pod, by the name of its component. */
    private static Map<String, JsonNode> pods(String values) {
        var pods = new TreeMap<String, JsonNode>();
        var objects = render(values);
        Stream.concat(objects.workloads().stream().map(workload -> workload.at("/spec/template")), objects.of("Pod").stream())
                .forEach(pod -> pods.put(pod.at("/metadata/labels/app.kubernetes.io~1name").asText(), pod));
        return pods;
    }

    private static JsonNode container(JsonNode pod) {
        return pod.at("/spec/containers/0");
    }

    @Test
    void shouldPutEachPodWhereTheDefaultsSay() {
        var pods = pods(
                """
                        telemetry: {to: collector}
                        defaults:
                          nodeSelector: {disk: ssd}
                          tolerations: [{key: spot, operator: Exists}]
                          affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}
                          topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]
                          priorityClassName: high
                          podLabels: {team: shop}
                          podAnnotations: {note: hi}
                          terminationGracePeriodSeconds: 60
                          resources: {limits: {cpu: 1}}
                        engines: {redis: {nodeSelector: {disk: nvme}}}
                        """);

        assertThat(pods).containsKeys("gateway", "postgres", "kafka", "redis", "collector", "smoke-test").hasSize(SERVICES + ENGINES + 2);
        assertThat(pods).allSatisfy((name, pod) -> {
            assertThat(pod.at("/spec/nodeSelector/disk").asText()).isEqualTo(name.equals("redis") ? "nvme" : "ssd");
            assertThat(pod.at("/spec/tolerations/0/key").asText()).isEqualTo("spot");
            assertThat(pod.at("/spec/affinity").findValuesAsText("operator")).containsExactly("Exists");
            assertThat(pod.at("/spec/topologySpreadConstraints/0/labelSelector/matchLabels/app.kubernetes.io~1name").asText())
                    .isEqualTo(name);
            assertThat(pod.at("/spec/priorityClassName").asText()).isEqualTo("high");
            assertThat(pod.at("/spec/terminationGracePeriodSeconds").asInt()).isEqualTo(60);
            assertThat(pod.at("/metadata/labels/team").asText()).isEqualTo("shop");
            assertThat(pod.at("/metadata/annotations/note").asText()).isEqualTo("hi");
            assertThat(container(pod).at("/resources/limits/cpu").asText()).isEqualTo("1");
            assertThat(container(pod).at("/resources/limits/memory").asText()).endsWith("Mi");
        });
    }

    @Test
    void shouldDropADefaultThatIsSetToNull() {
        var gateway = pods("services: {gateway: {resources: {limits: null}}}").get("gateway");
        assertThat(container(gateway).path("resources").has("limits")).isFalse();
        assertThat(container(gateway).at("/resources/requests/memory").asText()).isEqualTo("160Mi");
        assertThat(container(pods("services: {gateway: {resources: null}}").get("gateway")).path("resources")).isEmpty();
        var sized = pods("""
                services: {checkout: {resources: {limits: null}}}
                engines: {kafka: {resources: {limits: {memory: null}, requests: {cpu: 7m}}}}
                """);
        assertThat(container(sized.get("checkout")).path("resources").has("limits")).isFalse();
        assertThat(container(sized.get("checkout")).at("/resources/requests/memory").asText()).isEqualTo("192Mi");
        assertThat(container(sized.get("kafka")).at("/resources/limits")).isEmpty();
        assertThat(container(sized.get("kafka")).at("/resources/requests/cpu").asText()).isEqualTo("7m");
    }

    @Test
    void shouldLeaveUsersToOpenShift() {
        assertThat(pods("global: {openshift: true}\ntelemetry: {to: collector}")).hasSize(SERVICES + ENGINES + 2)
                .allSatisfy((name, pod) -> {
                    assertThat(pod.at("/spec/securityContext").fieldNames()).toIterable().containsExactlyInAnyOrder("runAsNonRoot",
                            "seccompProfile");
                });
        var gateway = pods("services: {gateway: {podSecurityContext: {runAsUser: 1000680000, fsGroup: null}}}").get("gateway");
        assertThat(gateway.at("/spec/securityContext/runAsUser").asLong()).isEqualTo(1000680000);
        assertThat(gateway.at("/spec/securityContext").has("fsGroup")).isFalse();
        assertThat(gateway.at("/spec/securityContext/runAsNonRoot").asBoolean()).isTrue();
    }

    @Test
    void shouldTakeForeignImagesFromARegistryOfYourOwn() {
        var pods = pods("global: {engineRegistry: mirror.example.com/hub}\ntelemetry: {to: collector}");
        assertThat(Stream.of("postgres", "kafka", "redis", "collector").map(name -> container(pods.get(name)).path("image").asText()))
                .containsExactly("mirror.example.com/hub/postgres:18", "mirror.example.com/hub/apache/kafka:4.1.1",
                        "mirror.example.com/hub/redis:8",
                        "mirror.example.com/hub/otel/opentelemetry-collector-contrib:0.140.0");
        assertThat(container(pods.get("gateway")).path("image").asText()).startsWith("registry.example.com/debug-shop:");
    }

    @Test
    void shouldAnnotateAccountsAndServicesAndChooseTheirType() {
        var objects = render("""
                defaults: {serviceAccount: {annotations: {role: shop}}}
                services: {gateway: {service: {type: LoadBalancer, annotations: {lb: internal}}}}
                """);
        assertThat(objects.of("ServiceAccount")).hasSize(SERVICES + ENGINES)
                .allSatisfy(account -> assertThat(account.at("/metadata/annotations/role").asText()).isEqualTo("shop"));
        var gateway = objects.find("Service", "shop-gateway").orElseThrow();
        assertThat(gateway.at("/spec/type").asText()).isEqualTo("LoadBalancer");
        assertThat(gateway.at("/metadata/annotations/lb").asText()).isEqualTo("internal");
        assertThat(objects.find("Service", "shop-checkout").orElseThrow().at("/spec/type").asText()).isEqualTo("ClusterIP");
    }

    /** Endpoints forget the pod during preStop; then it closes the connections that are open; then it ends what it has begun. */
    @Test
    void shouldLetAPodThatStopsFinishItsRequests() {
        var objects = render("");
        assertThat(objects.of("Deployment")).hasSize(SERVICES).allSatisfy(deployment -> {
            var container = container(deployment.at("/spec/template"));
            assertThat(container.at("/lifecycle/preStop/exec/command")).extracting(JsonNode::asText).containsExactly("sleep", "5");
            var environment = Objects.environment(deployment);
            var seconds = Stream.of("SHUTDOWN_DELAY", "SHUTDOWN_TIMEOUT").map(environment::get).map(text -> text.replace("s", ""))
                    .mapToInt(Integer::parseInt).sum();
            assertThat(5 + seconds).isLessThan(deployment.at("/spec/template/spec/terminationGracePeriodSeconds").asInt());
            assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/health/ready");
        });
        assertThat(container(pods("services: {gateway: {preStopSeconds: 0}}").get("gateway")).has("lifecycle")).isFalse();
    }

    @Test
    void shouldDescribeThePodInTheTelemetry() {
        var gateway = render("").find("Deployment", "shop-gateway").orElseThrow();
        assertThat(Objects.environment(gateway).get("OTEL_RESOURCE_ATTRIBUTES").split(",")).contains("service.namespace=default",
                "service.instance.id=default.$(K8S_POD_NAME).gateway", "k8s.deployment.name=shop-gateway", "k8s.pod.name=$(K8S_POD_NAME)",
                "k8s.pod.uid=$(K8S_POD_UID)", "k8s.node.name=$(K8S_NODE_NAME)");
        var names = container(gateway.at("/spec/template")).path("env").findValuesAsText("name");
        assertThat(names.indexOf("K8S_POD_NAME")).as("a variable can only refer to one before it").isBetween(0,
                names.indexOf("OTEL_RESOURCE_ATTRIBUTES"));
    }

    @Test
    void shouldLetNodesBeDrained() {
        var budgets = render("defaults: {podDisruptionBudget: {enabled: true}}").of("PodDisruptionBudget");
        assertThat(budgets).hasSize(SERVICES).allSatisfy(budget -> {
            assertThat(budget.at("/spec/maxUnavailable").asInt()).isEqualTo(1);
            assertThat(budget.path("spec").has("minAvailable")).isFalse();
        });
        var chosen = render("services: {gateway: {replicas: 3, podDisruptionBudget: {enabled: true, minAvailable: 2}}}")
                .of("PodDisruptionBudget").getFirst();
        assertThat(chosen.at("/spec/minAvailable").asInt()).isEqualTo(2);
        assertThat(chosen.path("spec").has("maxUnavailable")).isFalse();
    }

    @Test
    void shouldGiveEnginesTimeToStart() {
        var pods = pods("");
        for (var engine : List.of("postgres", "kafka", "redis")) {
            var probe = container(pods.get(engine)).path("startupProbe");
            assertThat(probe.path("periodSeconds").asInt() * probe.path("failureThreshold").asInt()).as(engine).isGreaterThanOrEqualTo(300);
        }
        assertThat(container(pods.get("postgres")).at("/readinessProbe/exec/command/2").asText())
                .isEqualTo("PGPASSWORD=$POSTGRES_PASSWORD psql -w -h 127.0.0.1 -U shop -d payments -qtc 'select 1'");
    }

    /** The scratch volume is limited to 64 MB; Kafka's garbage collection log grows to ten files of 100 MB. */
    @Test
    void shouldWriteNoGarbageCollectionLog() {
        var kafka = render("").find("StatefulSet", "shop-kafka").orElseThrow();
        assertThat(Objects.environment(kafka)).containsEntry("EXTRA_ARGS", "-name kafkaServer");
    }

    /** A partition keeps its newest segment in any case, which by default has up to a gigabyte: the whole volume. */
    @Test
    void shouldKeepEventsWithinTheVolume() {
        var kafka = Objects.environment(render("").find("StatefulSet", "shop-kafka").orElseThrow());
        assertThat(Long.parseLong(kafka.get("KAFKA_LOG_RETENTION_BYTES")) + Long.parseLong(kafka.get("KAFKA_LOG_SEGMENT_BYTES")))
                .isLessThan(128L * 1024 * 1024);
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres:17", "postgres:18", "mirror.example.com/postgres@sha256:0"})
    void shouldKeepTheDataOfEachPostgresInTheVolume(String image) {
        var postgres = render("engines: {postgres: {image: '%s'}}".formatted(image)).find("StatefulSet", "shop-postgres").orElseThrow();
        var data = container(postgres.at("/spec/template")).path("volumeMounts").valueStream()
                .filter(mount -> mount.path("name").asText().equals("data")).findFirst().orElseThrow();
        assertThat(Objects.environment(postgres).get("PGDATA")).startsWith(data.path("mountPath").asText() + "/");
    }

    /**
     * Runs the start script of PostgreSQL's container with stand-ins for its programs: {@code postgres --single} writes down what it is
     * asked, and knows the database orders.
     */
    @Test
    void shouldSetThePasswordAndMakeMissingDatabasesBeforeEachStart(@TempDir Path folder) throws Exception {
        var command = container(pods("").get("postgres")).path("command").valueStream().map(JsonNode::asText).toList();
        program(folder.resolve("postgres"), "read -r statement; echo \"$statement\" >> statements; echo '1: datname = \"found orders\"'");
        program(folder.resolve("docker-entrypoint.sh"), "echo \"started $*\" >> statements");
        var data = Files.createDirectories(folder.resolve("data"));

        run(command, folder, data);
        assertThat(Files.readAllLines(folder.resolve("statements"))).containsExactly("started postgres");

        Files.delete(folder.resolve("statements"));
        Files.writeString(data.resolve("PG_VERSION"), "18\n");
        Files.writeString(data.resolve("pg_hba.conf"), "local all all trust\n");
        run(command, folder, data);
        assertThat(Files.readAllLines(folder.resolve("statements"))).containsExactly("alter role shop password 'it''s'",
                "select 'found ' || datname from pg_database", "create database accounts",
                "select 'found ' || datname from pg_database", "create database inventory",
                "select 'found ' || datname from pg_database", "select 'found ' || datname from pg_database", "create database payments",
                "started postgres");
        assertThat(Files.readAllLines(data.resolve("pg_hba.conf"))).containsExactly("local all all trust",
                "host all all all scram-sha-256");
    }

    private static void program(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/bash\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static void run(List<String> command, Path folder, Path data) throws Exception {
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        builder.environment().put("PGDATA", data.toString());
        builder.environment().put("POSTGRES_PASSWORD", "it's");
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    @Test
    void shouldWorkWithoutTheBookingChain() {
        var objects = render(
                "services: {instabook: {enabled: false}, instabook-cache: {enabled: false}, load-generator-instabook: {enabled: false}}");
        var console = Objects.environment(objects.find("Deployment", "shop-console").orElseThrow());
        assertThat(console).containsEntry("CACHE_ADMIN_URL", "").containsEntry("CACHE_ADMIN_PAGE", "");
        assertThat(console.get("SCRAPE_TARGETS")).doesNotContain("instabook");
        assertThat(objects.of("Pod").toString()).contains("/checkout").doesNotContain("/booking");
    }

    @Test
    void shouldWorkWithTheBookingChainAlone() {
        var objects = render("""
                services:
                  gateway: {enabled: false}
                  product-catalog: {enabled: false}
                  currency: {enabled: false}
                  ad-service: {enabled: false}
                  checkout: {enabled: false}
                  inventory: {enabled: false}
                  accounts: {enabled: false}
                  payments: {enabled: false}
                  load-generator: {enabled: false}
                engines: {postgres: {enabled: false}, kafka: {enabled: false}}
                """);
        assertThat(objects.of("Deployment")).extracting(Objects::name).containsExactlyInAnyOrder("shop-console", "shop-instabook",
                "shop-instabook-cache", "shop-load-generator-instabook");
        assertThat(objects.of("Pod").toString()).contains("/booking").doesNotContain("/checkout");
    }

    private static JsonNode pipelines(String values) {
        var configuration = render(values).find("ConfigMap", "shop-collector").orElseThrow().at("/data/collector.yaml").asText();
        return Chart.parse(configuration).at("/service/pipelines");
    }

    @Test
    void shouldSendEachSignalOnlyWhereItIsWanted() {
        var toJaeger = pipelines("telemetry: {to: collector, collector: {endpoint: 'http://jaeger.observability:4318'}}");
        assertThat(toJaeger.at("/traces/exporters").toString()).isEqualTo("[\"otlphttp/console\",\"otlphttp\"]");
        assertThat(toJaeger.at("/logs/exporters").toString()).isEqualTo("[\"otlphttp/console\"]");
        assertThat(toJaeger.at("/metrics/exporters").toString()).isEqualTo("[\"otlphttp/console\"]");

        var everything = pipelines(
                "telemetry: {to: collector, collector: {endpoint: 'https://otlp.example.com', signals: [traces, logs, metrics]}}");
        assertThat(everything.findValues("exporters")).hasSize(3)
                .allSatisfy(exporters -> assertThat(exporters.toString()).isEqualTo("[\"otlphttp/console\",\"otlphttp\"]"));

        var alone = pipelines("""
                telemetry: {to: collector, collector: {endpoint: "http://jaeger.observability:4318"}}
                services: {console: {enabled: false}}
                """);
        assertThat(alone.at("/traces/exporters").toString()).isEqualTo("[\"otlphttp\"]");
        assertThat(alone.at("/logs/exporters").toString()).isEqualTo("[\"nop\"]");
    }
}
