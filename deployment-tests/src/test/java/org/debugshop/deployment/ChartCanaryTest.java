package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The second version of a service beside the first. {@link ChartTest} also checks its objects, as those of all others. */
class ChartCanaryTest {

    private static final String CANARY = "services: {checkout: {canary: {enabled: true, tag: 9f2c1d7%s}}}";

    /** Secrets that are not given are made anew each time. */
    private static Objects render(String values) {
        return new Objects(Chart.render("secrets: {apiToken: a, adminPassword: b, databasePassword: c}\n" + values));
    }

    private static JsonNode deployment(Objects objects, String name) {
        return objects.find("Deployment", "shop-" + name).orElseThrow();
    }

    private static JsonNode container(Objects objects, String name) {
        return Objects.podSpec(deployment(objects, name)).at("/containers/0");
    }

    @Test
    void shouldBeASecondDeploymentAndServiceAndChangeNothingElse() {
        var without = render("networkPolicy: {enabled: false}").all();
        var with = render("networkPolicy: {enabled: false}\n" + CANARY.formatted(""));

        assertThat(with.all()).containsAll(without).hasSize(without.size() + 2);
        assertThat(with.all()).filteredOn(object -> !without.contains(object))
                .extracting(object -> object.path("kind").asText() + " " + Objects.name(object))
                .containsExactlyInAnyOrder("Deployment shop-checkout-canary", "Service shop-checkout-canary");
    }

    @Test
    void shouldRunTheOtherImageWithTheEnvironmentOfTheService() {
        var objects = render(CANARY.formatted(", env: {LOG_LEVEL: DEBUG, ORDER_RETENTION: 31, RESERVED: null}")
                .replace("checkout: {", "checkout: {env: {ORDER_RETENTION: 40d, RESERVED: x, KEPT: z}, "));
        var stable = Objects.environment(deployment(objects, "checkout"));
        var canary = Objects.environment(deployment(objects, "checkout-canary"));

        assertThat(container(objects, "checkout").path("image").asText()).isEqualTo("registry.example.com/debug-shop:checkout-latest");
        assertThat(container(objects, "checkout-canary").path("image").asText())
                .isEqualTo("registry.example.com/debug-shop:checkout-9f2c1d7");
        assertThat(container(objects, "checkout-canary").path("name").asText()).isEqualTo("checkout");
        assertThat(stable).containsAllEntriesOf(Map.of("ORDER_RETENTION", "40d", "RESERVED", "x", "KEPT", "z"))
                .doesNotContainKeys("LOG_LEVEL", "CANARY_URL", "CANARY_WEIGHT");
        assertThat(canary).containsAllEntriesOf(Map.of("ORDER_RETENTION", "31", "LOG_LEVEL", "DEBUG", "KEPT", "z", "CANARY_URL",
                "http://shop-checkout-canary:8084", "CANARY_WEIGHT", "10")).doesNotContainKey("RESERVED");
        assertThat(canary.get("DATABASE_URL")).isEqualTo(stable.get("DATABASE_URL"));
    }

    /** It is the same service in traces, and tells itself apart by version, instance and pod. */
    @Test
    void shouldHaveAVersionOfItsOwn() {
        var objects = render(CANARY.formatted(""));
        var attributes = Objects.environment(deployment(objects, "checkout-canary")).get("OTEL_RESOURCE_ATTRIBUTES").split(",");

        assertThat(attributes).contains("service.version=9f2c1d7", "service.instance.id=default.$(K8S_POD_NAME).checkout",
                "k8s.deployment.name=shop-checkout-canary", "k8s.container.name=checkout");
        assertThat(Objects.environment(deployment(objects, "checkout"))).doesNotContainKey("OTEL_SERVICE_NAME")
                .hasEntrySatisfying("OTEL_RESOURCE_ATTRIBUTES", all -> assertThat(all).doesNotContain("service.version"));
        assertThat(Objects.environment(deployment(render(CANARY.replace("tag: 9f2c1d7%s", "env: {A: b}")), "checkout-canary"))
                .get("OTEL_RESOURCE_ATTRIBUTES")).endsWith(",service.version=1.0.0-canary");
    }

    /** {@link ChartTest} checks that the Service of each selects its own pods only. */
    @Test
    void shouldNotCountAmongTheReplicasOfTheService() {
        var objects = new Objects(Chart.render(Chart.variants().get("canary")));
        var canary = Objects.podLabels(deployment(objects, "product-catalog-canary"));

        assertThat(canary).containsEntry("app.kubernetes.io/name", "product-catalog-canary").containsEntry("track", "canary");
        for (var kind : List.of("Deployment", "PodDisruptionBudget")) {
            var selector = Objects.texts(objects.find(kind, "shop-product-catalog").orElseThrow().at("/spec/selector/matchLabels"));
            assertThat(canary.entrySet().containsAll(selector.entrySet())).as(kind).isFalse();
        }
        for (var name : List.of("product-catalog-canary", "gateway-canary")) {
            assertThat(deployment(objects, name).at("/spec/replicas").asInt()).as(name).isEqualTo(1);
        }
        assertThat(objects.find("Service", "shop-product-catalog-canary").orElseThrow().at("/spec/type").asText()).isEqualTo("ClusterIP");
        assertThat(objects.find("HorizontalPodAutoscaler", "shop-product-catalog-canary")).isEmpty();
        assertThat(objects.find("PodDisruptionBudget", "shop-product-catalog-canary")).isEmpty();
    }

    /** The selector of a Deployment cannot be changed, and its pods should go on when a canary comes or goes. */
    @Test
    void shouldLeaveTheDeploymentOfTheServiceAsItIs() {
        assertThat(deployment(render(CANARY.formatted("")), "checkout")).isEqualTo(deployment(render(""), "checkout"));
        assertThat(deployment(render(CANARY.formatted("")), "console")).isEqualTo(deployment(render(""), "console"));
    }

    @Test
    void shouldDivideTheStockForSalesWithoutReservationsAmongAllCopies() {
        var objects = render("services: {gateway: {replicas: 3, canary: {enabled: true, tag: x}}}");
        assertThat(Objects.environment(deployment(objects, "gateway"))).containsEntry("UNRESERVED_SHARE", "0.1250");
        assertThat(Objects.environment(deployment(objects, "gateway-canary"))).containsEntry("UNRESERVED_SHARE", "0.1250");
    }

    @Test
    void shouldTakeATagThatLooksLikeANumber() {
        var objects = new Objects(Chart.render(Chart.variants().get("canary")));
        assertThat(container(objects, "gateway-canary").path("image").asText()).endsWith(":gateway-1234567");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            services: {console: {canary: {enabled: true, tag: x}}}         | services.console keeps the telemetry in memory
            services: {load-generator: {canary: {enabled: true, tag: x}}}  | services.load-generator.canary would get no requests
            services: {checkout: {canary: {enabled: true}}}                | services.checkout.canary is the same as the service: set its tag or env
            {services: {checkout: {canary: {enabled: true, tag: x}}, checkout-canary: {port: 1}}} | services.checkout-canary cannot have this name
            {services: {a-service-with-a-name: {port: 1, canary: {enabled: true, tag: x}}, b: {port: 2, calls: {A: a-service-with-a-name}}}} | a name that is too long for a canary
            {services: {console: {enabled: false}, checkout: {canary: {enabled: true, tag: x}}}, telemetry: {to: otlp, otlp: {endpoint: "http://o"}}} | services.checkout.canary needs the console
            {engines: {postgres: {enabled: false}}, services: {inventory: {enabled: false}, payments: {enabled: false}, checkout: {canary: {enabled: true, tag: x}}}} | services.checkout keeps its data in memory
            """)
    void shouldRefuseACanaryThatWouldNotWork(String values, String sentence) {
        assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining(sentence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"weight: 0", "weight: 101", "weight: 2.5", "tag: a/b", "enabled: 1", "env: {lower: x}", "wait: 1"})
    void shouldRefuseAWrongValue(String value) {
        assertThatThrownBy(() -> Chart.render("services: {checkout: {canary: {%s}}}".formatted(value)))
                .hasMessageContaining("values don't meet the specifications of the schema");
    }

    /** With {@code helm upgrade --reuse-values}, the values of an older chart count. */
    @Test
    void shouldRenderWithValuesThatKnowNoCanaries() {
        assertThat(render("defaults: {canary: null}").all()).hasSameSizeAs(render("").all());
    }
}
