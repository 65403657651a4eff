package org.debugshop.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the network policies let through besides the calls of the system; and links, which follow what is exposed. */
class ChartNetworkTest {

    private static JsonNode policy(String name, String values) {
        return new Objects(Chart.render(values)).find("NetworkPolicy", "shop-" + name).orElseThrow().path("spec");
    }

    private static List<JsonNode> dns(JsonNode policy) {
        return policy.path("egress").valueStream().filter(rule -> rule.path("ports").toString().contains("\"port\":53,")).toList();
    }

    /** On OpenShift DNS listens at 5353; a cache on the node (NodeLocal DNSCache) is no pod, so a selector would not match it. */
    @Test
    void shouldAllowDnsWhereverItIs() {
        for (var policy : new Objects(Chart.render("")).of("NetworkPolicy")) {
            var rules = dns(policy.path("spec"));
            if (policy.at("/spec/egress").isEmpty()) {
                assertThat(rules).isEmpty();
            } else {
                assertThat(rules).as(Objects.name(policy)).hasSize(1);
                assertThat(rules.getFirst().has("to")).isFalse();
                assertThat(rules.getFirst().path("ports")).extracting(port -> port.path("port").asInt() + port.path("protocol").asText())
                        .containsExactly("53UDP", "53TCP", "5353UDP", "5353TCP");
            }
        }
    }

    @Test
    void shouldAllowDnsOnlyWhereTheValuesSay() {
        assertThat(dns(policy("gateway", "networkPolicy: {dnsTo: [{ipBlock: {cidr: 169.254.20.10/32}}]}"))).hasSize(1)
                .allSatisfy(rule -> assertThat(rule.at("/to/0/ipBlock/cidr").asText()).isEqualTo("169.254.20.10/32"));
    }

    @ParameterizedTest
    @CsvSource({"console, FORWARD_OTLP_ENDPOINT, https://otlp.example.com, 443",
            "console, FORWARD_OTLP_ENDPOINT, http://otlp.example.com:4319/x, 4319",
            "gateway, OTEL_EXPORTER_OTLP_ENDPOINT, http://otlp.example.com, 80",
            "checkout, DATABASE_URL, postgresql://db.example.com/orders, 5432",
            "instabook-cache, REDIS_URL, rediss://:secret@cache.example.com:6380, 6380",
            "accounts, OIDC_ISSUER, https://login.example.com/realms/shop, 443",
            "gateway, EDGE_AUTH_SERVICE, http://auth.example.com:9000/auth, 9000",
            "checkout, KAFKA_BOOTSTRAP_SERVERS, broker.example.com:9094, 9094"})
    void shouldLetServicesReachWhatTheirVariablesName(String service, String variable, String value, int port) {
        var without = policy(service, "");
        var with = policy(service, "services: {%s: {env: {%s: '%s'}}}".formatted(service, variable, value));

        assertThat(ports(without)).doesNotContain(port);
        assertThat(ports(with)).contains(port);
    }

    private static List<Integer> ports(JsonNode policy) {
        return policy.path("egress").valueStream().filter(rule -> !rule.has("to")).flatMap(rule -> rule.path("ports").valueStream())
                .map(port -> port.path("port").asInt()).toList();
    }

    @Test
    void shouldAddRulesOfYourOwn() {
        var rule = "[{to: [{ipBlock: {cidr: 10.1.0.0/16}}], ports: [{port: 8200}]}]";
        for (var name : List.of("gateway", "kafka", "smoke-test")) {
            assertThat(policy(name, "defaults: {extraEgress: %s}".formatted(rule)).path("egress").toString()).contains("10.1.0.0/16");
        }
        var redis = policy("redis", "engines: {redis: {extraEgress: %s}}".formatted(rule));
        assertThat(redis.path("egress").toString()).contains("10.1.0.0/16");
        assertThat(dns(redis)).hasSize(1);
        assertThat(policy("gateway", "services: {console: {extraEgress: %s}}".formatted(rule)).toString()).doesNotContain("10.1.0.0/16");
    }

    @Test
    void shouldOpenWhatALoadBalancerLeadsTo() {
        var open = policy("gateway", "services: {gateway: {service: {type: LoadBalancer}}}").path("ingress").valueStream()
                .filter(rule -> !rule.has("from")).toList();
        assertThat(open).hasSize(1);
        assertThat(open.getFirst().path("ports").findValuesAsText("port")).containsExactly("http");
    }

    /** A rule with an empty list of peers would let everything in. */
    @Test
    void shouldLetNothingInIfNothingIsAllowed() {
        var gateway = policy("gateway", "ingress: {enabled: true, hosts: {gateway: a.example.com}}\nnetworkPolicy: {exposedTo: []}");
        assertThat(gateway.path("ingress")).isNotEmpty().allSatisfy(rule -> assertThat(rule.path("from")).isNotEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                                                   | http://localhost:8090     | http://localhost:8086/admin
            services: {console: {port: 9090}, instabook-cache: {port: 9086}}                     | http://localhost:9090     | http://localhost:9086/admin
            ingress: {enabled: true, hosts: {console: c.example.com, instabook-cache: i.example.com}} | http://c.example.com | http://i.example.com/admin
            ingress: {enabled: true, hosts: {console: c.example.com, instabook-cache: i.example.com}, tls: [{hosts: [c.example.com], secretName: a}]} | https://c.example.com | http://i.example.com/admin
            ingress: {enabled: true, hosts: {console: c.example.com}, tls: [{hosts: ['*.example.com'], secretName: a}]} | https://c.example.com | http://localhost:8086/admin
            ingress: {enabled: true, hosts: {console: c.example.com}, tls: [{secretName: a}]}    | https://c.example.com     | http://localhost:8086/admin
            ingress: {enabled: false, hosts: {console: c.example.com}}                           | http://localhost:8090     | http://localhost:8086/admin
            ingress: {enabled: true, hosts: {console: '*.example.com'}}                          | http://localhost:8090     | http://localhost:8086/admin
            gatewayApi: {enabled: true, scheme: https, parentRefs: [{name: edge}], hosts: {console: c.example.com}} | https://c.example.com | http://localhost:8086/admin
            {services: {gateway: {env: {CONSOLE_URL: 'https://mine'}}}, ingress: {enabled: true, hosts: {console: c.example.com}}} | https://mine | http://localhost:8086/admin
            """)
    void shouldLinkToWherePagesAre(String values, String console, String switchPage) {
        var objects = new Objects(Chart.render(values));

        assertThat(Objects.environment(objects.find("Deployment", "shop-gateway").orElseThrow())).containsEntry("CONSOLE_URL", console);
        assertThat(Objects.environment(objects.find("Deployment", "shop-console").orElseThrow())).containsEntry("CACHE_ADMIN_PAGE",
                switchPage);
    }

    @Test
    void shouldPrintTheAddressesOfWhatIsExposed() {
        assertThat(Chart.notes(
                "ingress: {enabled: true, hosts: {console: c.example.com, instabook-cache: i.example.com}, tls: [{hosts: [i.example.com]}]}"))
                .contains("http://c.example.com   console", "https://i.example.com   instabook-cache",
                        "switch off at https://i.example.com/admin");
    }
}
