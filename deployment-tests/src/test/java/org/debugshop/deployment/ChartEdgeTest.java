package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** An ingress controller that asks accounts whom a request comes from. */
class ChartEdgeTest {

    private static final String VALUES = """
            ingress:
              enabled: true
              hosts: {gateway: shop.example.com}
              annotations: {own: "1"}
              tls: [{hosts: [shop.example.com], secretName: tls}]
              edgeAuthentication: {controller: %s, url: "%s"}
            """;

    private static Objects render(String controller, String url) {
        return new Objects(Chart.render(VALUES.formatted(controller, url)));
    }

    private static JsonNode edge(Objects objects) {
        return objects.find("Ingress", "shop-edge").orElseThrow();
    }

    private static String annotation(Objects objects, String name) {
        return edge(objects).path("metadata").path("annotations").path(name).asText();
    }

    @Test
    void shouldHaveIngressNginxAskAccounts() {
        var objects = render("ingress-nginx", "");
        var namespace = objects.find("Deployment", "shop-accounts").orElseThrow();

        assertThat(annotation(objects, "nginx.ingress.kubernetes.io/auth-url"))
                .matches("http://shop-accounts\\.[a-z]+\\.svc\\.cluster\\.local:8088/auth");
        assertThat(annotation(objects, "nginx.ingress.kubernetes.io/auth-response-headers")).isEqualTo("X-User-Id,X-User-Name");
        assertThat(annotation(objects, "own")).isEqualTo("1");
        var rule = edge(objects).at("/spec/rules/0");
        assertThat(rule.path("host").asText()).isEqualTo("shop.example.com");
        assertThat(rule.at("/http/paths").findValuesAsText("path")).containsExactly("/api/v1/order", "/api/v1/orders", "/api/v1/payments");
        assertThat(rule.at("/http/paths/0/backend/service/name").asText()).isEqualTo("shop-gateway");
        assertThat(edge(objects).at("/spec/tls/0/secretName").asText()).isEqualTo("tls");
        assertThat(objects.of("Middleware")).isEmpty();
        assertThat(namespace).isNotNull();
    }

    @Test
    void shouldHaveTraefikAskAccounts() {
        var objects = render("traefik", "");

        assertThat(annotation(objects, "traefik.ingress.kubernetes.io/router.middlewares")).matches("[a-z]+-shop-edge@kubernetescrd");
        var middleware = objects.find("Middleware", "shop-edge").orElseThrow().path("spec").path("forwardAuth");
        assertThat(middleware.path("address").asText()).startsWith("http://shop-accounts.").endsWith(":8088/auth");
        assertThat(middleware.path("authResponseHeaders")).extracting(JsonNode::asText).containsExactly("X-User-Id", "X-User-Name");
    }

    /** Without a rule of its own, the policy of accounts would keep the controller out. */
    @Test
    void shouldLetTheControllerReachAccountsAndOnlyThen() {
        assertThat(fromOutside(render("traefik", ""))).isTrue();
        assertThat(fromOutside(render("\"\"", ""))).isFalse();
        assertThat(fromOutside(render("traefik", "http://auth.example.com/auth"))).isFalse();
    }

    private static boolean fromOutside(Objects objects) {
        return objects.find("NetworkPolicy", "shop-accounts").orElseThrow().at("/spec/ingress").toString().contains("namespaceSelector");
    }

    @Test
    void shouldAskAnotherServiceIfThereIsOne() {
        assertThat(annotation(render("ingress-nginx", "http://auth.example.com/auth"), "nginx.ingress.kubernetes.io/auth-url"))
                .isEqualTo("http://auth.example.com/auth");
    }

    @Test
    void shouldHaveNoSecondIngressByDefault() {
        assertThat(render("\"\"", "").of("Ingress")).hasSize(1);
    }
}
