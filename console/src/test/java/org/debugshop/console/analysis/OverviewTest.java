package org.debugshop.console.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.console.TestSpans.START;
import static org.debugshop.console.TestSpans.client;
import static org.debugshop.console.TestSpans.server;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.debugshop.console.TestSpans;
import org.debugshop.console.analysis.Overview.Health;
import org.debugshop.console.analysis.Overview.Measure;
import org.debugshop.console.analysis.ServiceGraph.Pair;
import org.debugshop.console.store.Sample;
import org.debugshop.console.store.SeriesStore;
import org.debugshop.console.store.TraceStore;
import org.junit.jupiter.api.Test;

class OverviewTest {

    private final TraceStore traces = new TraceStore(10_000);
    private final SeriesStore series = new SeriesStore(1000, 1_000_000);
    private long second;

    @Test
    void shouldShowWhereAFailureStartsAndWhenItBeganAndEnded() {
        bookings(60, false);
        assertThat(now().origins()).isEmpty();
        assertThat(now().services()).allMatch(service -> service.figures().health() == Health.OK).hasSize(2);
        assertThat(now().changes()).isEmpty();
        assertThat(now().trouble()).isEmpty();

        Instant began = at();
        bookings(20, true);
        var failing = now();
        assertThat(failing.origins()).singleElement().satisfies(origin -> {
            assertThat(origin.service()).isEqualTo("instabook-cache");
            assertThat(origin.reason()).isEqualTo("token is off");
            assertThat(origin.active()).isTrue();
            assertThat(origin.traces()).isEqualTo(20);
            assertThat(origin.seenBy()).containsExactly("instabook");
            assertThat(origin.sentence()).isEqualTo("instabook-cache answered 401: token is off; seen by the caller as 500");
        });
        assertThat(failing.services()).allMatch(service -> service.figures().health() == Health.FAILING);
        assertThat(failing.edges()).singleElement().matches(edge -> edge.figures().health() == Health.FAILING);
        assertThat(failing.trouble()).contains("instabook, instabook-cache fail");
        // The change of the call duplicates those of its two ends, so it is omitted.
        assertThat(failing.changes()).hasSize(2).allSatisfy(change -> {
            assertThat(change.measure()).isEqualTo(Measure.ERRORS);
            assertThat(change.before()).isZero();
            assertThat(change.after()).isEqualTo(1);
            assertThat(change.began()).isBetween(began, began.plusSeconds(1));
        });

        bookings(15, false);
        var recovering = now();
        assertThat(recovering.origins()).singleElement().matches(origin -> !origin.active());
        assertThat(recovering.services()).allMatch(service -> service.figures().health() == Health.RECOVERING);
        assertThat(recovering.changes()).hasSize(2).allMatch(Overview.Change::recovered);
    }

    @Test
    void shouldHideWhatServicesSayAboutOriginsFromABlindDiagnosis() {
        long at = START.toEpochMilli();
        traces.add(List.of(FailureOriginTest.declared(server("instabook", "POST /booking").id(1).error()
                .attribute("shop.upstream.failure", "the cache is unreachable").stored(), "error.type", "unreachable"),
                client("instabook", "POST").id(2).parent(1).error().attribute("error.type", "ConnectException").stored()), at);
        var overview = new Overview(new ServiceGraph(traces, Map.of()), traces, series);

        assertThat(overview.at(at()).origins()).singleElement().satisfies(origin -> {
            assertThat(origin.declared()).isTrue();
            assertThat(origin.operation()).isEqualTo("POST /booking");
            assertThat(origin.reason()).isEqualTo("the cache is unreachable");
        });
        var blind = overview.blindAt(at());
        assertThat(blind.origins()).singleElement().satisfies(origin -> {
            assertThat(origin.declared()).isFalse();
            assertThat(origin.operation()).isEqualTo("POST");
            assertThat(origin.reason()).isEqualTo("ConnectException");
        });
        assertThat(blind.services()).isEqualTo(overview.at(at()).services());
        assertThat(overview.blindAt(at())).as("computed once a second").isSameAs(blind);
        second++;
        assertThat(overview.blindAt(at()).time()).isAfter(blind.time());
    }

    @Test
    void shouldCountFailuresWithUniqueReasonsTogether() {
        for (int i = 1; i <= 400; i++) {
            traces.add(List.of(server("orders", "POST /").trace(i).error().attribute("shop.order.failure", "order " + i + " is unknown")
                    .stored()), 0);
        }

        var origins = now().origins();
        assertThat(origins).hasSize(Origins.MAX_ORIGINS).allSatisfy(origin -> assertThat(origin.active()).isTrue());
        assertThat(origins.getFirst().traces()).isEqualTo(400 - Origins.MAX_KINDS);
    }

    @Test
    void shouldReportThatThereAreTooFewRequestsToCompare() {
        bookings(24, false);
        assertThat(now().services()).noneMatch(service -> service.figures().comparable());
        bookings(1, false);
        assertThat(now().services()).allMatch(service -> service.figures().comparable());
    }

    @Test
    void shouldReportServicesThatAreDownAndServicesWithoutRequests() {
        bookings(10, false);
        series.add("instabook", at().toEpochMilli(), List.of(sample("up", "up", 0)));
        assertThat(health("instabook")).isEqualTo(Health.DOWN);
        second += 120;
        assertThat(health("instabook-cache")).isEqualTo(Health.QUIET);
    }

    @Test
    void shouldShowTheCountsOfTheLoadGenerators() {
        for (int tick = 0; tick <= 30; tick++) {
            second = 2L * tick;
            series.add("load", at().toEpochMilli(), tick < 10
                    ? List.of(requests("201", 100 + tick))
                    : List.of(requests("201", 110), requests("500", tick - 9), requests("0", 1)));
        }
        var load = now().load();
        assertThat(load).singleElement().satisfies(generator -> {
            assertThat(generator.okRate() * 60).isBetween(9.0, 11.0);
            assertThat(generator.failedRate() * 60).isBetween(21.0, 23.0);
            assertThat(generator.buckets()).hasSize(Overview.BUCKETS);
            assertThat(generator.buckets().stream().mapToInt(bucket -> bucket[1]).sum()).isEqualTo(22);
        });
    }

    @Test
    void shouldCountTheEventsThatWerePutAsideUntilTheyAreReplayed() {
        for (var service : List.of("checkout", "inventory")) {
            series.add(service, at().toEpochMilli(), List.of(deadLetters("waiting", 3),
                    deadLetters("total", service.equals("inventory") ? 5 : 0)));
        }
        assertThat(now().deadLetters()).containsExactly(new Overview.DeadLetters("orders", 3, List.of("inventory")));

        second += 2;
        series.add("inventory", at().toEpochMilli(), List.of(deadLetters("waiting", 0), deadLetters("total", 5)));
        series.add("checkout", at().toEpochMilli(), List.of(deadLetters("waiting", Double.NaN), deadLetters("total", 0)));
        assertThat(now().deadLetters()).isEmpty();
    }

    @Test
    void shouldNotCountEventsThatWerePutAsideByWhatIsGone() {
        series.add("inventory", at().toEpochMilli(), List.of(deadLetters("waiting", 3)));
        second += 60;

        assertThat(now().deadLetters()).isEmpty();
    }

    @Test
    void shouldLayOutCallsFromLeftToRightOrDown() {
        var services = new TreeSet<>(List.of("a", "b", "alone"));
        var calls = List.of(new Pair("a", "b"), new Pair("b", "b"));
        var layout = new GraphLayout();

        var right = layout.of(services, calls, false);
        assertThat(right.nodes()).hasSize(3);
        assertThat(x(right, "b")).isGreaterThan(x(right, "a") + GraphLayout.NODE_WIDTH);
        assertThat(right.edges()).hasSize(2).allMatch(edge -> edge.points().size() >= 2);
        assertThat(layout.of(services, calls, false)).isSameAs(right);

        var down = layout.of(services, calls, true);
        assertThat(down).isNotSameAs(right);
        assertThat(down.height()).isGreaterThan(right.height());
    }

    private static double x(GraphLayout.Layout layout, String name) {
        return layout.nodes().stream().filter(node -> node.name().equals(name)).findFirst().orElseThrow().x();
    }

    private Health health(String service) {
        return now().services().stream().filter(found -> found.name().equals(service)).findFirst().orElseThrow().figures().health();
    }

    private Overview.Snapshot now() {
        return new Overview(new ServiceGraph(traces, Map.of()), traces, series).at(at());
    }

    private Instant at() {
        return START.plusSeconds(second);
    }

    /** Adds bookings, one per second. */
    private void bookings(int count, boolean refused) {
        for (int i = 0; i < count; i++, second++) {
            traces.add(List.of(booking(server("instabook", "POST /booking").id(1), refused, "500", false),
                    booking(client("instabook", "POST").id(2).parent(1), refused, "401", false),
                    booking(server("instabook-cache", "POST /cache").id(3).parent(2), refused, "401", true)), START.toEpochMilli());
        }
    }

    private org.debugshop.console.store.Span booking(TestSpans span, boolean refused, String status, boolean here) {
        span.trace(second + 1).at(second * 1000).lasting(5).attribute("http.response.status_code", refused ? status : "201");
        if (refused) {
            span.error();
        }
        if (refused && here) {
            span.attribute("shop.auth.failure", "token is off");
        }
        return span.stored();
    }

    private static Sample requests(String status, double value) {
        return new Sample("load_generator_request_count_total{status=\"" + status + "\"}", "load_generator_request_count_total",
                List.of("status", status), value, Optional.empty());
    }

    private static Sample deadLetters(String what, double value) {
        return new Sample("shop_dead_letters_" + what + "{topic=\"orders\"}", "shop_dead_letters_" + what, List.of("topic", "orders"),
                value, Optional.empty());
    }

    private static Sample sample(String name, String text, double value) {
        return new Sample(name, text, List.of(), value, Optional.empty());
    }
}
