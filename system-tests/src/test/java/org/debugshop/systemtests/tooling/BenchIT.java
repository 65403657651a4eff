package org.debugshop.systemtests.tooling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.PortBlock;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** {@code ./shop bench}: checks that it measures and what it reports, but no figure. */
@Tag("nightly")
@Isolated
class BenchIT {

    @Test
    void shouldCompareTheSystemWithBareServicesAndLeaveNothingBehind() {
        try (var ports = PortBlock.take()) {
            var shop = new Shop(Shop.thisCheckout(), ports.offset());

            var outcome = shop.run("bench", "--quick", "--seconds", "0.2", "--only", "products,outbox,auth", "--json");

            assertThat(outcome.code()).as(outcome::err).isZero();
            var report = Json.tree(outcome.out());
            assertThat(report.path("machine").path("cores").asInt()).isPositive();
            assertThat(report.path("failed_requests")).isEmpty();
            assertThat(report.path("start").path("services").asInt()).isEqualTo(Service.values().length);
            assertThat(report.path("start").path("ratio").asDouble()).isPositive();
            assertThat(report.path("processes")).extracting(process -> process.path("name").asText()).containsExactlyInAnyOrderElementsOf(
                    Stream.concat(Stream.of("launcher", "postgres", "kafka", "engine-exporter"),
                            Arrays.stream(Service.values()).map(Service::toString))
                            .toList());
            assertThat(report.path("processes")).allSatisfy(process -> {
                assertThat(process.path("pss_bytes").asLong()).isPositive();
                assertThat(process.path("threads").asInt()).isPositive();
            });
            assertThat(report.path("comparisons"))
                    .extracting(comparison -> comparison.path("operation").asText() + " " + comparison.path("rate").isNull())
                    .containsExactly("products true", "products false", "outbox true", "outbox false", "auth true", "auth false");
            assertThat(report.path("comparisons")).allSatisfy(comparison -> {
                assertThat(comparison.path("subjects").fieldNames()).toIterable()
                        .containsExactlyElementsOf(switch (comparison.path("operation").asText()) {
                            case "products" -> List.of("bare", "telemetry", "no_telemetry");
                            case "outbox" -> List.of("telemetry", "in_memory");
                            default -> List.of("open", "protected");
                        });
                assertThat(comparison.path("subjects")).allSatisfy(BenchIT::isMeasured);
            });
            assertThat(report.path("goals")).extracting(goal -> goal.path("what").asText()).contains("GET /products, of bare Quarkus",
                    "a protected request, times an open one");
            assertThat(outcome.err()).contains("GET /products, bare Quarkus, as fast as it answers, round 1 of 1");
            assertThat(Stream.of(0, 20, 40, 60).map(more -> shop.with(ports.offset() + more))).allSatisfy(measured -> {
                assertThat(measured.status().values()).extracting(Shop.Status::state).containsOnly("stopped");
                // The benchmark keeps its data for the next run. Here there is no next run.
                assertThat(measured.run("reset", "--yes").code()).isZero();
            });
        }
    }

    @Test
    void shouldCompareTwoCommitsAndDeleteTheirClones() throws Exception {
        try (var ports = PortBlock.take()) {
            var shop = new Shop(Shop.thisCheckout(), ports.offset());

            var outcome = shop.run("bench", "--quick", "--seconds", "0.2", "--only", "products", "--against", "HEAD", "--json");

            assertThat(outcome.code()).as(outcome::err).isZero();
            var report = Json.tree(outcome.out());
            assertThat(report.path("here")).isEqualTo(report.path("other"));
            assertThat(report.path("failed_requests")).isEmpty();
            assertThat(report.path("figures")).extracting(figure -> figure.path("what").asText()).contains("the first of a fresh clone",
                    "CPU time of all", "gateway", "GET /products");
            assertThat(report.path("figures")).allSatisfy(figure -> assertThat(figure.path("here").asDouble()).isPositive());
            assertThat(Shop.thisCheckout().resolve(".shop/against/this")).doesNotExist();
            assertThat(Shop.thisCheckout().resolve(".shop/against/other")).doesNotExist();
        }
    }

    private static void isMeasured(JsonNode subject) {
        assertThat(subject.path("per_second").asDouble()).isPositive();
        assertThat(subject.path("errors")).isEmpty();
        var latencies = StreamSupport.stream(subject.path("latency_ms").spliterator(), false).map(JsonNode::asDouble).toList();
        assertThat(latencies).as("p50, p90, p99, p99.9, max").hasSize(5).isSorted().allMatch(millis -> millis > 0);
    }
}
