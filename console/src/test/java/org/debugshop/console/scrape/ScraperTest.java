package org.debugshop.console.scrape;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.okForContentType;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static com.github.tomakehurst.wiremock.stubbing.Scenario.STARTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.debugshop.console.store.Sample;
import org.debugshop.console.store.SeriesStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScraperTest {

    private final SeriesStore store = new SeriesStore(1000, SeriesStore.MAX_BYTES);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final WireMockServer service = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    private Vertx vertx;
    private Scraper scraper;

    @BeforeEach
    void open() {
        service.start();
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        scraper = new Scraper(vertx, store, (_, _, _) -> {}, Targets.parse("fake=" + service.baseUrl()), registry);
    }

    @AfterEach
    void close() {
        scraper.stop(null);
        vertx.close().toCompletionStage().toCompletableFuture().join();
        service.stop();
    }

    /** Returns the latest value of {@code up}, or -1. */
    private double up() {
        return store.find("up", Map.of("service", "fake"), Long.MIN_VALUE, System.currentTimeMillis(), 1, Optional.empty()).series()
                .stream()
                .map(found -> found.points().getLast().value()).findFirst().orElse(-1.0);
    }

    private void awaitUp(double value) {
        await().atMost(Duration.ofSeconds(20)).until(() -> up() == value);
    }

    private double failures() {
        return registry.counter("console.scrape.failures", "service", "fake").count();
    }

    @Test
    void shouldScrapeTargetsOneAfterTheOtherInTheMiddleHalfOfATick() {
        var places = IntStream.range(0, 16).mapToLong(number -> Scraper.place(number, 16)).boxed().toList();
        assertThat(places).isSorted().doesNotHaveDuplicates()
                .allSatisfy(place -> assertThat(place).isBetween(SeriesStore.TICK_MILLIS / 4L, SeriesStore.TICK_MILLIS * 3L / 4));
        assertThat(places.getLast() - places.getFirst()).isGreaterThan(SeriesStore.TICK_MILLIS / 3);
    }

    @Test
    void shouldScrapeRepeatedlyAndRequestExemplars() {
        service.stubFor(get("/metrics").willReturn(okForContentType("application/openmetrics-text; version=1.0.0",
                "b_bucket{le=\"1\"} 3 # {trace_id=\"abc\"} 0.5\n# EOF\n")));
        scraper.start(null);

        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> store.find("b_bucket", Map.of(), Long.MIN_VALUE, System.currentTimeMillis(), 1, Optional.empty()).series()
                        .stream()
                        .anyMatch(found -> found.points().size() >= 2));
        var found = store.find("b_bucket", Map.of("service", "fake"), Long.MIN_VALUE, System.currentTimeMillis(), 1, Optional.empty())
                .series().getFirst();
        assertThat(found.labels()).isEqualTo(Map.of("le", "1", "service", "fake"));
        assertThat(found.exemplars()).containsExactly(new Sample.Exemplar("abc", "", 0.5, Double.NaN));
        assertThat(up()).isEqualTo(1);
        assertThat(failures()).isZero();
        assertThat(service.getAllServeEvents())
                .allSatisfy(event -> assertThat(event.getRequest().getHeader("Accept")).startsWith("application/openmetrics-text"));
    }

    /** A Service chooses the replica for a connection, so over one that is kept a single replica would answer always. */
    @Test
    void shouldOpenAConnectionForEachScrape() {
        service.stubFor(get("/metrics").willReturn(ok("a 1\n")));
        scraper.start(null);

        await().atMost(20, TimeUnit.SECONDS).until(() -> service.getAllServeEvents().size() >= 2);
        assertThat(service.getAllServeEvents())
                .allSatisfy(event -> assertThat(event.getRequest().getHeader("Connection")).isEqualToIgnoringCase("close"));
    }

    @Test
    void shouldNoticeThatAServiceIsBack() {
        service.stubFor(get("/metrics").willReturn(aResponse().withStatus(503)));
        scraper.start(null);
        awaitUp(0);

        service.stubFor(get("/metrics").willReturn(ok("a 1\n")));
        awaitUp(1);
        assertThat(failures()).isPositive();
    }

    @Test
    void shouldNotTreatAlternatingReplicasAsRestarts() {
        String counter = "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds %d\nrequests_total %d\n";
        service.stubFor(get("/metrics").inScenario("turns").whenScenarioStateIs(STARTED).willReturn(ok(counter.formatted(10, 1_000_000)))
                .willSetStateTo("other"));
        service.stubFor(get("/metrics").inScenario("turns").whenScenarioStateIs("other").willReturn(ok(counter.formatted(20, 990_000)))
                .willSetStateTo(STARTED));
        scraper.start(null);

        await().atMost(20, TimeUnit.SECONDS).until(() -> requests().size() >= 3);
        assertThat(requests()).extracting(SeriesStore.Point::value).containsOnly(1_000_000.0);
    }

    private List<SeriesStore.Point> requests() {
        return store.find("requests_total", Map.of(), Long.MIN_VALUE, System.currentTimeMillis(), 1, Optional.empty()).series().stream()
                .flatMap(found -> found.points().stream()).toList();
    }

    @Test
    void shouldNotWaitForASlowService() {
        service.stubFor(get("/metrics").willReturn(ok("a 1\n").withFixedDelay(60_000)));
        scraper.start(null);

        awaitUp(0);
    }

    @Test
    void shouldAbandonAnEndlessAnswer() {
        service.stubFor(get("/metrics").willReturn(ok("a 1\n".repeat(Scraper.MAX_BYTES / 4 + 1))));
        scraper.start(null);

        awaitUp(0);
        assertThat(store.names()).containsExactly("up");
    }

    @Test
    void shouldStoreNothingOfAMalformedAnswer() {
        service.stubFor(get("/metrics").willReturn(ok("a 1\n<html>\n")));
        scraper.start(null);

        awaitUp(0);
        assertThat(store.names()).containsExactly("up");
    }

    @Test
    void shouldNotBlockTheEventLoopWhileTheStoreIsRead() {
        service.stubFor(get("/metrics").willReturn(ok("a 1\n")));
        var turns = new AtomicInteger();
        scraper.start(null);
        awaitUp(1);
        int before = service.getAllServeEvents().size();
        synchronized (store) {
            await().atMost(Duration.ofSeconds(20)).until(() -> service.getAllServeEvents().size() > before);
            // The scraper's timer is on the same event loop, because there is only one.
            vertx.setPeriodic(20, _ -> turns.incrementAndGet());
            await().atMost(Duration.ofSeconds(20)).until(() -> turns.get() >= 25);
        }
    }

    @Test
    void shouldNoticeThatAServiceIsMissing() {
        service.stop();
        scraper.start(null);

        awaitUp(0);
    }
}
