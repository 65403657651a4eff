package org.debugshop.systemtests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Service.INSTABOOK;
import static org.debugshop.testkit.Service.INSTABOOK_CACHE;
import static org.debugshop.testkit.Service.LOAD_GENERATOR_INSTABOOK;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.debugshop.systemtests.TheSystem;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Metrics;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.TokenSwitch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The main story of the system. One switch makes instabook-cache refuse all booking sessions. The telemetry alone shows what users see,
 * where it starts and why, and then the recovery.
 */
@Tag(TheSystem.ANYWHERE)
@UsesTheSystem
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FailureIT {

    private static final String CACHE_ERRORS = "instabook_cache_errors_total";
    private static final String REASON = "API token authentication is disabled";
    private static final String SYMPTOM = "Internal service authentication failure";
    private static final int SEEN_OFTEN = 10;

    private final Shop shop;
    private final Console console;
    private final TokenSwitch tokenSwitch;

    private double failedBefore;
    private double refusedBefore;
    private Instant brokenSince;

    FailureIT(Shop shop) {
        this.shop = shop;
        this.console = Console.of(shop);
        this.tokenSwitch = new TokenSwitch(shop);
    }

    @BeforeAll
    void breakIt() {
        failedBefore = failedRequests();
        refusedBefore = refusals();
        tokenSwitch.off();
        brokenSince = Instant.now();
    }

    @AfterAll
    void healIt() {
        tokenSwitch.on();
    }

    @Test
    @Order(1)
    void shouldShowTheSymptomInTheMetricsOfTheCallers() {
        await("bookings fail").atMost(PATIENCE).until(() -> failedRequests() >= failedBefore + SEEN_OFTEN);
        await("requests are refused by the cache").atMost(PATIENCE).until(() -> refusals() >= refusedBefore + SEEN_OFTEN);

        await("the console has scraped the counter").atMost(PATIENCE)
                .until(() -> console.metric(CACHE_ERRORS, "service", INSTABOOK.toString(), "error_type", "auth_failure").stream()
                        .anyMatch(series -> series.points().getLast().get(1) >= refusedBefore + SEEN_OFTEN));
    }

    @Test
    @Order(2)
    void shouldShowTheSymptomAndTheCauseInOneTrace() {
        var trace = brokenTrace();

        var root = trace.roots().getFirst();
        var booking = trace.only(INSTABOOK, "SERVER").orElseThrow();
        var refusal = trace.only(INSTABOOK_CACHE, "SERVER").orElseThrow();
        assertThat(root).returns(LOAD_GENERATOR_INSTABOOK.toString(), Console.Span::service).matches(Console.Span::isError);
        assertThat(trace.parentOf(trace.parentOf(booking))).isEqualTo(root);
        assertThat(trace.parentOf(booking)).returns("CLIENT", Console.Span::kind).matches(Console.Span::isError);
        assertThat(trace.parentOf(trace.parentOf(refusal))).isEqualTo(booking);
        assertThat(trace.parentOf(refusal)).returns("CLIENT", Console.Span::kind).matches(Console.Span::isError);

        assertThat(booking.attributes()).containsEntry("http.response.status_code", 500);
        assertThat(booking.isError()).isTrue();
        assertThat(refusal.attributes())
                .containsEntry("http.response.status_code", 401)
                .containsEntry("shop.auth.failure", REASON)
                .containsEntry("error.type", "token_disabled");
        assertThat(refusal.isError()).isTrue();
        assertThat(refusal.statusMessage()).isEqualTo(REASON);
        assertThat(refusal.events()).filteredOn(event -> event.name().equals("shop.failure")).singleElement()
                .satisfies(event -> assertThat(event.attributes())
                        .isEqualTo(Map.of("error.type", "token_disabled", "shop.auth.failure", REASON)));
        assertThat(trace.spans()).as("only the origin has the reason").filteredOn(span -> span != refusal).allSatisfy(span -> {
            assertThat(span.attributes()).doesNotContainKey("shop.auth.failure");
            assertThat(span.events()).extracting(Console.Event::name).doesNotContain("shop.failure");
        });
    }

    @Test
    @Order(3)
    void shouldShowTheFailureInTheLogsOfThatTrace() {
        var trace = brokenTrace();

        assertThat(trace.logs()).filteredOn(line -> line.service().equals(INSTABOOK_CACHE.toString())).singleElement().satisfies(line -> {
            assertThat(line.level()).isEqualTo("WARN");
            assertThat(line.message()).contains(REASON);
            assertThat(line.attributes()).containsEntry("shop.auth.failure", REASON);
            assertThat(line.traceId()).isEqualTo(trace.traceId());
            assertThat(line.spanId()).isEqualTo(trace.only(INSTABOOK_CACHE, "SERVER").orElseThrow().spanId());
        });
        assertThat(trace.logs()).filteredOn(line -> line.service().equals(INSTABOOK.toString())).singleElement().satisfies(line -> {
            assertThat(line.level()).isEqualTo("ERROR");
            assertThat(line.traceId()).isEqualTo(trace.traceId());
        });
        assertThat(trace.logs()).filteredOn(line -> line.service().equals(LOAD_GENERATOR_INSTABOOK.toString())).singleElement()
                .satisfies(line -> {
                    assertThat(line.level()).isEqualTo("ERROR");
                    assertThat(line.message()).contains("500", SYMPTOM);
                });
        assertThat(console.logs("trace_id", trace.traceId())).hasSameSizeAs(trace.logs());
    }

    @Test
    @Order(3)
    @Tag(TheSystem.WITH_LAUNCHER)
    void shouldShowTheFailureInTheLogFiles() {
        var trace = brokenTrace();

        var written = shop.run("logs", "--raw", "-n", "2000", "instabook", "instabook-cache", "load-generator-instabook").out();
        assertThat(written.lines().map(Json::tree).filter(line -> line.path("trace_id").asText().equals(trace.traceId())))
                .extracting(line -> line.path("service_name").asText() + " " + line.path("level").asText())
                .containsExactlyInAnyOrder("instabook-cache WARN", "instabook ERROR", "load-generator-instabook ERROR");
    }

    @Test
    @Order(4)
    void shouldNotAffectTheShop() {
        await("requests of shoppers").atMost(PATIENCE)
                .until(() -> console.service(GATEWAY, brokenSince).filter(gateway -> gateway.requests() >= SEEN_OFTEN).isPresent());

        assertThat(console.service(GATEWAY, brokenSince).orElseThrow().errorShare()).isZero();
        assertThat(console.service(INSTABOOK, brokenSince).orElseThrow().errorShare()).isPositive();
        assertThat(console.traces("error", "true", "since", brokenSince.toString()))
                .allSatisfy(trace -> assertThat(trace.services()).doesNotContain(GATEWAY.toString()));
        assertThat(Http.isReady(shop.url(CONSOLE))).isTrue();
    }

    @Test
    @Order(5)
    void shouldRecoverWhenItIsHealed() {
        tokenSwitch.on();
        var healedAt = Instant.now();

        // A simulated user has one request at a time, so requests from before the switch are answered before the third success.
        shop.awaitSuccesses(LOAD_GENERATOR_INSTABOOK, 3);
        var failed = failedRequests();
        var refused = refusals();
        shop.awaitSuccesses(LOAD_GENERATOR_INSTABOOK, SEEN_OFTEN);

        assertThat(failedRequests()).isEqualTo(failed);
        assertThat(refusals()).isEqualTo(refused);
        await("the traces of these successes").atMost(PATIENCE)
                .until(() -> console.traces("service", LOAD_GENERATOR_INSTABOOK.toString(), "error", "false", "since", healedAt.toString())
                        .size() >= SEEN_OFTEN);
        assertThat(console.traces("attribute", "shop.auth.failure=" + REASON, "since", healedAt.toString())).isEmpty();
    }

    /** Returns the trace of a failed booking when all its spans and logs have arrived. Each service sends its own. */
    private Console.Trace brokenTrace() {
        var found = await("a complete trace of a failed booking").atMost(PATIENCE)
                .until(() -> console
                        .traces("service", INSTABOOK_CACHE.toString(), "attribute", "shop.auth.failure=" + REASON, "error", "true",
                                "since", brokenSince.toString())
                        .stream()
                        .filter(line -> line.rootService().equals(LOAD_GENERATOR_INSTABOOK.toString()))
                        .map(line -> console.trace(line.traceId()))
                        .filter(trace -> trace.isWhole() && trace.logs().size() >= 3)
                        .findFirst(), Optional::isPresent);
        return found.orElseThrow();
    }

    private double failedRequests() {
        return shop.requests(LOAD_GENERATOR_INSTABOOK, "500");
    }

    private double refusals() {
        return Metrics.of(shop.url(INSTABOOK)).sum(CACHE_ERRORS, "error_type=auth_failure");
    }
}
