package org.debugshop.systemtests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Service.LOAD_GENERATOR;
import static org.debugshop.testkit.Service.LOAD_GENERATOR_INSTABOOK;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The services and calls that the console finds in the telemetry are those of the architecture. */
@UsesTheSystem
class ArchitectureIT {

    private static final Set<String> ARROWS = Set.of(
            "load-generator -> gateway",
            "gateway -> product-catalog", "gateway -> currency", "gateway -> ad-service", "gateway -> checkout", "gateway -> inventory",
            "checkout -> product-catalog", "checkout -> currency", "checkout -> postgresql", "inventory -> postgresql",
            "checkout -> topic orders", "topic orders -> checkout", "topic orders -> inventory",
            "gateway -> accounts", "accounts -> postgresql", "gateway -> payments",
            "payments -> checkout", "payments -> postgresql", "payments -> topic payments", "topic payments -> checkout",
            "load-generator-instabook -> instabook", "instabook -> instabook-cache");

    private final Shop shop;
    private final Console console;
    private final Instant since = Instant.now();

    ArchitectureIT(Shop shop) {
        this.shop = shop;
        this.console = Console.of(shop);
    }

    @Test
    void shouldFindExactlyTheCallsOfTheArchitecture() {
        await("every call of the architecture").atMost(PATIENCE).untilAsserted(() -> assertThat(arrows()).isEqualTo(ARROWS));

        assertThat(console.edges(since)).allSatisfy(edge -> {
            assertThat(edge.requests()).isPositive();
            assertThat(edge.errorShare()).isZero();
            assertThat(edge.rate()).isPositive();
            assertThat(edge.p50Ms()).isPositive().isLessThanOrEqualTo(edge.p95Ms());
            assertThat(edge.p95Ms()).isLessThanOrEqualTo(edge.p99Ms());
        });
    }

    @Test
    void shouldListEveryServiceThatHandlesRequests() {
        var expected = Arrays.stream(Service.values()).filter(service -> service != CONSOLE).map(Service::toString).toList();
        await("every service").atMost(PATIENCE)
                .untilAsserted(() -> assertThat(console.services(since)).allMatch(line -> line.requests() > 0)
                        .extracting(Console.ServiceLine::name).containsExactlyInAnyOrderElementsOf(expected));

        assertThat(console.services(since)).allSatisfy(service -> assertThat(service.errorShare()).isZero());
    }

    @ParameterizedTest
    @EnumSource
    void shouldScrapeTheRequestsOfEveryService(Service service) {
        var counter = service == LOAD_GENERATOR
                ? "load_generator_request_count_total"
                : service == LOAD_GENERATOR_INSTABOOK
                        ? "load_generator_instabook_request_count_total"
                        : "http_server_requests_seconds_count";

        await(counter + " of " + service).atMost(PATIENCE)
                .untilAsserted(() -> assertThat(console.metric(counter, "service", service.toString()))
                        .isNotEmpty()
                        .allSatisfy(series -> assertThat(series.points().getLast().get(1)).isPositive()));
        await(service + " is up").atMost(PATIENCE)
                .untilAsserted(() -> assertThat(console.metric("up", "service", service.toString())).singleElement()
                        .satisfies(up -> assertThat(up.points().getLast().get(1)).isEqualTo(1)));
    }

    @Test
    void shouldDescribeItsApiAsOpenApi() {
        var description = console.openApi();

        assertThat(description.path("openapi").asText()).startsWith("3.");
        assertThat(description.path("paths").fieldNames()).toIterable().contains("/api/services", "/api/edges", "/api/traces",
                "/api/traces/{trace_id}", "/api/logs", "/api/metrics", "/api/metrics/{name}");
        assertThat(Http.get(shop.url(CONSOLE) + "/api/traces/00000000000000000000000000000001").status()).isEqualTo(404);
    }

    private Set<String> arrows() {
        return console.edges(since).stream().map(edge -> edge.from() + " -> " + edge.to()).collect(Collectors.toSet());
    }
}
