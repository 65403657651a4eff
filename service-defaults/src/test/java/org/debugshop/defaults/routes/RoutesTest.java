package org.debugshop.defaults.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {

    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final int SHOPPERS = 10_000;

    @AfterEach
    void end() {
        Routes.replace(List.of(), false);
    }

    private static Route route(String service, int weight, String key, boolean mirror, Duration lease) {
        return new Route(service + "-" + key, 1, service, URI.create("http://localhost:1"), weight, key, mirror, false, false,
                System.nanoTime() + lease.toNanos());
    }

    private static Route intercept(String service, String key) {
        return route(service, 0, key, false, LEASE);
    }

    private static Route canary(String service, int weight) {
        return route(service, weight, null, false, LEASE);
    }

    private static Routes routes(Route... routes) {
        Routes.replace(List.of(routes), false);
        return Routes.live().orElseThrow();
    }

    private static <T> T within(String name, String value, Supplier<T> work) {
        try (var _ = Baggage.builder().put(name, value).build().makeCurrent()) {
            return work.get();
        }
    }

    @Test
    void shouldBeNoneWithoutRoutes() {
        Routes.replace(List.of(), true);
        assertThat(Routes.live()).isEmpty();
    }

    @Test
    void shouldLeadOnlyRequestsWithTheKeyToTheCopy() {
        var ann = intercept("checkout", "ann");
        var bob = intercept("checkout", "bob");
        var routes = routes(ann, bob, intercept("currency", "cat"));

        assertThat(within("debug-shop.intercept", "ann", () -> routes.target("checkout"))).contains(ann);
        assertThat(within("debug-shop.intercept", "bob", () -> routes.target("checkout"))).contains(bob);
        assertThat(within("debug-shop.intercept", "cat", () -> routes.target("checkout"))).isEmpty();
        assertThat(within("debug-shop.intercept", "ann", () -> routes.target("currency"))).isEmpty();
        assertThat(within("another", "ann", () -> routes.target("checkout"))).isEmpty();
        assertThat(routes.target("checkout")).isEmpty();
    }

    @Test
    void shouldFollowTheDecisionOfTheEdge() {
        var canary = canary("checkout", 1);
        var routes = routes(canary, canary("currency", 100));

        assertThat(within("debug-shop.canary", "checkout", () -> routes.target("checkout"))).contains(canary);
        assertThat(within("debug-shop.canary", "currency.checkout", () -> routes.target("checkout"))).contains(canary);
        assertThat(within("debug-shop.canary", "currency.currency", () -> routes.target("checkout"))).isEmpty();
        assertThat(within("debug-shop.canary", "no such thing", () -> routes.target("checkout"))).isEmpty();
        assertThat(routes.target("currency")).isEmpty();
    }

    @Test
    void shouldPreferAKeyToACanary() {
        var ann = intercept("checkout", "ann");
        var routes = routes(canary("checkout", 100), ann);
        try (var _ = Baggage.builder().put("debug-shop.canary", "checkout").put("debug-shop.intercept", "ann").build().makeCurrent()) {
            assertThat(routes.target("checkout")).contains(ann);
        }
    }

    @Test
    void shouldMirrorWithoutLeadingToTheCopy() {
        var mirror = route("checkout", 0, "ann", true, LEASE);
        var routes = routes(mirror);
        assertThat(within("debug-shop.intercept", "ann", () -> routes.target("checkout"))).isEmpty();
        assertThat(within("debug-shop.intercept", "ann", () -> routes.mirror("checkout"))).contains(mirror);
        assertThat(within("debug-shop.intercept", "bob", () -> routes.mirror("checkout"))).isEmpty();
    }

    @Test
    void shouldNotFollowARouteWhoseLeaseHasEnded() {
        var routes = routes(route("checkout", 0, "ann", false, Duration.ofMillis(50)),
                route("currency", 100, null, false, Duration.ofMillis(50)));
        await().until(() -> within("debug-shop.intercept", "ann", () -> routes.target("checkout")).isEmpty());
        await().until(() -> !routes.hasCanary());
        assertThat(routes.hasKey("ann")).isFalse();
        assertThat(routes.decide("shopper")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 0.003", "10, 0.01", "50, 0.02", "100, 0"})
    void shouldGiveACanaryItsShareOfTheShoppers(int weight, double tolerance) {
        var routes = routes(canary("checkout", weight));
        var chosen = IntStream.range(0, SHOPPERS).filter(i -> routes.decide("shopper-" + i).contains("checkout")).count();
        assertThat(chosen / (double) SHOPPERS).isBetween(weight / 100.0 - tolerance, weight / 100.0 + tolerance);
    }

    @Test
    void shouldKeepAShopperOnTheCanaryWhenTheWeightGrows() {
        var shoppers = IntStream.range(0, 1000).mapToObj(i -> UUID.randomUUID().toString()).toList();
        var few = routes(canary("checkout", 10));
        var before = shoppers.stream().filter(shopper -> !few.decide(shopper).isEmpty()).toList();
        var more = routes(canary("checkout", 30));
        assertThat(before).isNotEmpty().allSatisfy(shopper -> assertThat(more.decide(shopper)).containsExactly("checkout"));
        assertThat(before).allSatisfy(shopper -> assertThat(more.decide(shopper)).isEqualTo(more.decide(shopper)));
    }

    @Test
    void shouldNotGiveAllCanariesToTheSameShoppers() {
        var routes = routes(canary("checkout", 50), canary("currency", 50));
        var both = IntStream.range(0, SHOPPERS).filter(i -> routes.decide("shopper-" + i).equals(Set.of("checkout", "currency"))).count();
        assertThat(both / (double) SHOPPERS).isBetween(0.23, 0.27);
    }

    @Test
    void shouldDecideByTraceOnlyWhereTracesStart() {
        var canary = canary("gateway", 50);
        var traces = IntStream.range(0, 1000).mapToObj(i -> UUID.randomUUID().toString().replace("-", "")).toList();

        Routes.replace(List.of(canary), false);
        assertThat(traces).noneMatch(RoutesTest::leads);
        Routes.replace(List.of(canary), true);
        var chosen = traces.stream().filter(RoutesTest::leads).toList();
        assertThat(chosen).hasSizeBetween(400, 600).allMatch(RoutesTest::leads);
        assertThat(Routes.live().orElseThrow().target("gateway")).isEmpty();
    }

    private static boolean leads(String trace) {
        var span = Span.wrap(SpanContext.create(trace, "00f067aa0ba902b7", TraceFlags.getSampled(), TraceState.getDefault()));
        try (var _ = span.makeCurrent()) {
            return Routes.live().orElseThrow().target("gateway").isPresent();
        }
    }

    @ParameterizedTest
    @CsvSource({"http://catalog:8081/product/1, http://localhost:1/product/1",
            "http://catalog:8081/products?category=A%20B&search=%26, http://localhost:1/products?category=A%20B&search=%26",
            "https://catalog/a%2Fb, http://localhost:1/a%2Fb"})
    void shouldKeepThePathAndTheQuery(URI usual, URI copy) {
        assertThat(intercept("catalog", "ann").address(usual)).isEqualTo(copy);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a;b", "a,b", "ä", "a2345678901234567890123456789012345678901"})
    void shouldIgnoreAKeyThatIsNone(String key) {
        assertThat(within("debug-shop.intercept", key, () -> RouteBaggage.key())).isEqualTo(Optional.empty());
    }
}
