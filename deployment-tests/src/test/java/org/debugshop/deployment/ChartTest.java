package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the objects that Helm renders, for all {@link Chart#variants()}. */
class ChartTest {

    static Stream<String> variants() {
        return Chart.variants().keySet().stream().sorted();
    }

    private static Objects rendered(String variant) {
        return new Objects(Chart.render(Chart.variants().get(variant)));
    }

    @Test
    void shouldPassHelmsStrictLint() {
        var result = Chart.helm().lint().strict().quiet().call();

        assertThat(result.isFailed()).as(String.join("\n", result.getMessages())).isFalse();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRenderOnlyObjectsOfTheKubernetesApi(String variant) {
        assertThat(rendered(variant).all()).isNotEmpty().allSatisfy(KubernetesApi::mustKnow);
    }

    /** Without it, GitOps tools would see a difference for ever, and each upgrade would change objects. Secrets that are not given differ. */
    @ParameterizedTest
    @MethodSource("variants")
    void shouldRenderTheSameBytesEachTime(String variant) {
        var values = Chart.variants().get(variant);
        var secrets = values.contains("secrets:") ? "" : "secrets: {apiToken: a, adminPassword: b, databasePassword: c}\n";

        assertThat(IntStream.range(0, 6).mapToObj(_ -> Chart.text("shop", secrets + values)).distinct()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldNameEachObjectOnce(String variant) {
        assertThat(rendered(variant).all()).extracting(object -> object.path("kind").asText() + " " + Objects.name(object))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldReferOnlyToExistingObjects(String variant) {
        var objects = rendered(variant);
        var values = Chart.variants().get(variant);
        for (var workload : objects.workloads()) {
            var pod = Objects.podSpec(workload);
            assertThat(objects.find("ServiceAccount", pod.path("serviceAccountName").asText())).isPresent();
            assertThat(Objects.podLabels(workload)).containsAllEntriesOf(Objects.texts(workload.at("/spec/selector/matchLabels")));
            for (var container : pod.path("containers")) {
                var ports = container.path("ports").findValuesAsText("name");
                for (var probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                    container.path(probe).findValues("port").forEach(port -> assertThat(ports).contains(port.asText()));
                }
                assertThat(container.path("volumeMounts").findValuesAsText("name")).as("mounts of " + Objects.name(workload))
                        .isSubsetOf(Stream.concat(pod.path("volumes").findValuesAsText("name").stream(),
                                workload.at("/spec/volumeClaimTemplates").findValuesAsText("name").stream()).toList());
                container.path("env").findParents("secretKeyRef").forEach(from -> {
                    var reference = from.path("secretKeyRef");
                    var secret = objects.find("Secret", reference.path("name").asText());
                    assertThat(secret.isPresent() || values.contains(reference.path("name").asText())).as("there is a secret " + reference)
                            .isTrue();
                    secret.filter(_ -> !reference.path("optional").asBoolean()).ifPresent(
                            found -> assertThat(found.path("data").has(reference.path("key").asText())).as(reference.toString()).isTrue());
                });
            }
            pod.path("volumes").findParents("configMap")
                    .forEach(volume -> assertThat(objects.find("ConfigMap", volume.at("/configMap/name").asText())).isPresent());
        }
        for (var service : objects.of("Service")) {
            var selected = objects.workloads().stream().filter(workload -> Objects.podLabels(workload).entrySet()
                    .containsAll(Objects.texts(service.at("/spec/selector")).entrySet())).toList();
            assertThat(selected).as("pods that " + Objects.name(service) + " selects").hasSize(1);
            assertThat(Objects.portNames(selected.getFirst())).containsAll(service.at("/spec/ports").findValuesAsText("targetPort"));
        }
        for (var scaler : objects.of("HorizontalPodAutoscaler")) {
            var target = scaler.at("/spec/scaleTargetRef/name").asText();
            assertThat(objects.find("Deployment", target))
                    .hasValueSatisfying(deployment -> assertThat(deployment.path("spec").has("replicas")).isFalse());
        }
        for (var budget : objects.of("PodDisruptionBudget")) {
            assertThat(objects.workloads()).anyMatch(workload -> workload.at("/spec/selector").equals(budget.at("/spec/selector")));
        }
        for (var route : Stream.concat(objects.of("Ingress").stream(), objects.of("HTTPRoute").stream()).toList()) {
            var backends = Stream.concat(route.findValues("service").stream(),
                    route.findValues("backendRefs").stream().flatMap(refs -> refs.valueStream())).toList();
            assertThat(backends).isNotEmpty()
                    .allSatisfy(backend -> assertThat(objects.find("Service", backend.path("name").asText())).isPresent());
        }
        for (var monitor : objects.of("ServiceMonitor")) {
            var labels = Objects.texts(monitor.at("/spec/selector/matchLabels")).entrySet();
            assertThat(objects.of("Service").stream()
                    .filter(service -> Objects.texts(service.at("/metadata/labels")).entrySet().containsAll(labels)))
                    .hasSizeGreaterThanOrEqualTo(10);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldPointEveryUrlAtAServiceAndItsPort(String variant) {
        var objects = rendered(variant);
        for (var workload : objects.workloads()) {
            Objects.environment(workload).forEach((variable, value) -> {
                for (var address : value.split("[=,]")) {
                    var url = address.matches("[a-z]+://shop-.*")
                            ? address
                            : address.matches("shop-[a-z-]+:\\d+") ? "tcp://" + address : null;
                    if (url != null) {
                        var uri = java.net.URI.create(url);
                        assertThat(objects.find("Service", uri.getHost())).as(variable + "=" + value)
                                .hasValueSatisfying(service -> assertThat(service.at("/spec/ports").findValuesAsText("port"))
                                        .contains(Integer.toString(uri.getPort())));
                    }
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldSetOnlyVariablesThatTheServiceReads(String variant) {
        for (var workload : rendered(variant).of("Deployment")) {
            var name = Objects.podLabels(workload).get("app.kubernetes.io/name");
            if (!name.equals("collector")) {
                var folder = name.startsWith("load-generator") ? "load-generator" : name.replaceFirst("-canary$", "");
                var variables = new TreeSet<>(Objects.environment(workload).keySet());
                variables.removeIf(variable -> variable.startsWith("K8S_")); // OTEL_RESOURCE_ATTRIBUTES refers to them
                assertThat(Variables.readBy(folder)).as(name).containsAll(variables);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRunWithoutUnneededRights(String variant) {
        for (var pod : rendered(variant).pods()) {
            assertThat(pod.at("/automountServiceAccountToken").asBoolean(true)).isFalse();
            assertThat(pod.at("/enableServiceLinks").asBoolean(true)).isFalse();
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.at("/securityContext/runAsUser").asInt(variant.equals("openshift") ? 1 : 0)).isPositive();
            assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
            assertThat(pod.path("containers")).allSatisfy(container -> {
                assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).isFalse();
                assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
                assertThat(container.at("/securityContext/capabilities/drop")).extracting(JsonNode::asText).containsExactly("ALL");
                assertThat(container.at("/resources/limits/memory").asText()).endsWith("Mi");
            });
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldAllowExactlyTheConnectionsInUse(String variant) {
        var objects = rendered(variant);
        if (objects.of("NetworkPolicy").isEmpty()) {
            assertThat(variant).isEqualTo("without policies");
            return;
        }
        var used = new TreeSet<String>();
        for (var workload : objects.workloads()) {
            var from = Objects.podLabels(workload).get("app.kubernetes.io/name");
            Objects.environment(workload).forEach((variable, value) -> {
                var called = arrows(objects, from, value);
                used.addAll(called);
                if (!variable.equals("SCRAPE_TARGETS")) { // callers of a service also call its canary
                    called.stream().map(arrow -> arrow.replaceFirst(":http$", "-canary:http"))
                            .filter(arrow -> objects.find("Service", "shop-" + arrow.replaceAll(".* -> |:http", "")).isPresent())
                            .forEach(used::add);
                }
            });
            Objects.configuration(objects, workload).ifPresent(text -> used.addAll(arrows(objects, from, text)));
        }
        objects.of("Pod").forEach(
                pod -> used.addAll(arrows(objects, "smoke-test", pod.toString().replaceAll("(shop-[a-z-]+) (\\d+) (GET|POST)", "$1:$2"))));
        used.removeIf(arrow -> arrow.matches("(\\S+) -> \\1:.*") && !arrow.contains("-canary"));

        assertThat(allowed(objects, "ingress", "from")).isEqualTo(used);
        assertThat(allowed(objects, "egress", "to")).isEqualTo(used);
        assertThat(objects.of("NetworkPolicy")).allSatisfy(
                policy -> assertThat(policy.at("/spec/policyTypes")).extracting(JsonNode::asText).containsExactly("Ingress", "Egress"));
        var covered = objects.of("NetworkPolicy").stream()
                .map(policy -> policy.at("/spec/podSelector/matchLabels/app.kubernetes.io~1name").asText()).toList();
        assertThat(covered).containsAll(
                objects.workloads().stream().map(workload -> Objects.podLabels(workload).get("app.kubernetes.io/name")).toList());
    }

    @Test
    void shouldDivideTheStockForSalesWithoutReservationsAmongGateways() {
        assertThat(gateway("")).doesNotContainKey("UNRESERVED_SHARE");
        assertThat(gateway("services: {gateway: {replicas: 4}}")).containsEntry("UNRESERVED_SHARE", "0.1250");
        assertThat(gateway("services: {gateway: {autoscaling: {enabled: true, maxReplicas: 5}}}")).containsEntry("UNRESERVED_SHARE",
                "0.1000");
        assertThat(gateway("services: {gateway: {replicas: 4, env: {UNRESERVED_SHARE: 0.2}}}")).containsEntry("UNRESERVED_SHARE", "0.2");
    }

    private static Map<String, String> gateway(String values) {
        return Objects.environment(new Objects(Chart.render("shop", values)).find("Deployment", "shop-gateway").orElseThrow());
    }

    /** Returns a text like {@code gateway -> checkout:http} for each address of a service of this release. */
    private static List<String> arrows(Objects objects, String from, String text) {
        var found = new ArrayList<String>();
        for (var service : objects.of("Service")) {
            for (var port : service.at("/spec/ports")) {
                if (text.matches("(?s).*\\b" + Objects.name(service) + ":" + port.path("port").asInt() + "\\b.*")) {
                    found.add(from + " -> " + service.at("/spec/selector/app.kubernetes.io~1name").asText() + ":"
                            + port.path("name").asText());
                }
            }
        }
        return found;
    }

    private static TreeSet<String> allowed(Objects objects, String direction, String peers) {
        var arrows = new TreeSet<String>();
        for (var policy : objects.of("NetworkPolicy")) {
            var self = policy.at("/spec/podSelector/matchLabels/app.kubernetes.io~1name").asText();
            for (var rule : policy.at("/spec/" + direction)) {
                for (var peer : rule.path(peers)) {
                    var other = peer.at("/podSelector/matchLabels/app.kubernetes.io~1name").asText();
                    if (!other.isEmpty()) {
                        rule.path("ports").forEach(port -> arrows.add(direction.equals("ingress")
                                ? other + " -> " + self + ":" + port.path("port").asText()
                                : self + " -> " + other + ":" + port.path("port").asText()));
                    }
                }
            }
        }
        return arrows;
    }

    @Test
    void shouldAllowOutgoingConnectionsOnlyToPortsOfExternalEnginesAndReceivers() {
        var objects = rendered("external engines");
        assertThat(outside(objects, "checkout")).containsExactlyInAnyOrder("6432", "9094", "9095");
        assertThat(outside(objects, "inventory")).containsExactlyInAnyOrder("6432", "9094", "9095");
        assertThat(outside(objects, "payments")).containsExactlyInAnyOrder("6432", "9094", "9095");
        assertThat(outside(objects, "instabook-cache")).containsExactly("6380");
        assertThat(outside(objects, "gateway")).isEmpty();
        assertThat(outside(rendered("to a vendor"), "gateway")).containsExactly("443");
        assertThat(outside(rendered("through the collector"), "collector")).containsExactly("4318");
        assertThat(outside(rendered("through the collector"), "gateway")).isEmpty();
    }

    private static final List<String> DNS = List.of("53", "5353");

    private static List<String> outside(Objects objects, String name) {
        return objects.find("NetworkPolicy", "shop-" + name).orElseThrow().at("/spec/egress").valueStream()
                .filter(rule -> !rule.has("to")).flatMap(rule -> rule.path("ports").valueStream()).map(port -> port.path("port").asText())
                .filter(port -> !DNS.contains(port)).toList();
    }

    @Test
    void shouldAllowTrafficToExposedServicesAndFromPrometheus() {
        var exposed = rendered("exposed and watched");
        for (var policy : exposed.of("NetworkPolicy")) {
            var self = policy.at("/spec/podSelector/matchLabels/app.kubernetes.io~1name").asText();
            var fromElsewhere = policy.at("/spec/ingress").findParents("namespaceSelector").size();
            var expected = List.of("gateway", "console", "instabook-cache").contains(self)
                    ? 2
                    : List.of("postgres", "kafka", "redis", "smoke-test").contains(self) ? 0 : 1;
            assertThat(fromElsewhere).as(self).isEqualTo(expected);
        }
        assertThat(rendered("as it is").of("NetworkPolicy"))
                .allSatisfy(policy -> assertThat(policy.at("/spec/ingress").findParents("namespaceSelector")).isEmpty());
    }

    @Test
    void shouldUseTheRegistryAndTagOfTheValues() {
        var images = new HashMap<String, String>();
        rendered("many and moved").of("Deployment").forEach(deployment -> {
            var container = Objects.podSpec(deployment).at("/containers/0");
            images.put(container.path("name").asText(), container.path("image").asText());
            assertThat(container.path("imagePullPolicy").asText()).isEqualTo("IfNotPresent");
            assertThat(Objects.podSpec(deployment).at("/imagePullSecrets/0/name").asText()).isEqualTo("pull");
        });
        assertThat(images)
                .containsAllEntriesOf(Map.of("gateway", "ghcr.io/other/gateway:canary", "checkout", "ghcr.io/somebody/shop:checkout-1.2.3",
                        "load-generator-instabook", "ghcr.io/somebody/shop:load-generator-1.2.3"));
        assertThat(rendered("as it is").of("Deployment")).allSatisfy(
                deployment -> assertThat(Objects.podSpec(deployment).at("/containers/0/imagePullPolicy").asText()).isEqualTo("Always"));
    }

    @Test
    void shouldPrintTheAddressesAndHowToBreakBookings() {
        assertThat(Chart.notes("")).contains("port-forward service/shop-gateway 8080", "port-forward service/shop-console 8090",
                "secret shop-secrets",
                "http://localhost:8086/admin", "helm test shop --namespace default");
        assertThat(Chart.notes(Chart.variants().get("exposed and watched"))).contains("https://shop.example.com   gateway",
                "http://switch.example.com   instabook-cache");
        assertThat(
                Chart.notes("services: {console: {enabled: false}}\ntelemetry: {to: otlp, otlp: {endpoint: \"http://otlp.example.com\"}}"))
                .doesNotContain("shop-console");
    }

    @Test
    void shouldSeparateTwoReleasesInOneNamespace() {
        var names = Stream.of("one", "two").flatMap(release -> Chart.render(release, "").stream())
                .map(object -> object.path("kind").asText() + " " + Objects.name(object)).toList();
        assertThat(names).doesNotHaveDuplicates();
        assertThat(Chart.render("a-release-with-a-name-as-long-as-helm-allows-it-to-be", ""))
                .allSatisfy(object -> assertThat(Objects.name(object)).hasSizeLessThanOrEqualTo(63));
    }
}
