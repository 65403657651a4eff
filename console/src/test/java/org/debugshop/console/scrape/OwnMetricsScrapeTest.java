package org.debugshop.console.scrape;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.debugshop.console.store.Sample;
import org.debugshop.console.store.SeriesStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parses what Quarkus really answers. */
@QuarkusTest
class OwnMetricsScrapeTest {

    @Inject
    Vertx vertx;

    @ParameterizedTest
    @ValueSource(strings = {"application/openmetrics-text;version=1.0.0", "text/plain", "*/*"})
    void shouldReadBothFormatsOfQuarkus(String accept) throws Exception {
        given().when().get("/api/metrics").then().statusCode(200);
        String text = given().accept(accept).when().get("/metrics").then().statusCode(200).extract().asString();

        assertThat(PrometheusText.parse(text).samples()).extracting(Sample::name).contains("jvm_memory_used_bytes",
                "http_server_requests_seconds_bucket");
    }

    @Test
    void shouldScrapeAServiceOfQuarkus() {
        given().when().get("/api/metrics").then().statusCode(200);
        var store = new SeriesStore(10_000, SeriesStore.MAX_BYTES);
        var scraper = new Scraper(vertx, store, (_, _, _) -> {}, Targets.parse("console=http://localhost:" + RestAssured.port),
                new SimpleMeterRegistry());
        scraper.start(null);
        try {
            await().atMost(Duration.ofSeconds(20)).until(() -> store.names().contains("http_server_requests_seconds_count"));
        } finally {
            scraper.stop(null);
        }

        var found = store.find("http_server_requests_seconds_count", Map.of("uri", "/api/metrics"), Long.MIN_VALUE,
                System.currentTimeMillis(), 10, Optional.empty()).series();
        assertThat(found).isNotEmpty().allSatisfy(series -> assertThat(series.points().getFirst().value()).isPositive());
    }
}
