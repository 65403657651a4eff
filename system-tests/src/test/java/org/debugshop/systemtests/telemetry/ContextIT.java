package org.debugshop.systemtests.telemetry;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.ACCOUNTS;
import static org.debugshop.testkit.Service.AD_SERVICE;
import static org.debugshop.testkit.Service.CHECKOUT;
import static org.debugshop.testkit.Service.CURRENCY;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Service.INSTABOOK;
import static org.debugshop.testkit.Service.INSTABOOK_CACHE;
import static org.debugshop.testkit.Service.INVENTORY;
import static org.debugshop.testkit.Service.LOAD_GENERATOR;
import static org.debugshop.testkit.Service.LOAD_GENERATOR_INSTABOOK;
import static org.debugshop.testkit.Service.PAYMENTS;
import static org.debugshop.testkit.Service.PRODUCT_CATALOG;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.systemtests.TheSystem;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * No service loses the context of a trace. While this class collects traces, only the load generators send requests, so each trace must
 * start in one of them. If a trace starts in another service, that service has lost the context.
 */
@Tag(TheSystem.ANYWHERE)
@UsesTheSystem
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContextIT {

    private static final int OF_EACH_KIND = 5;
    /** The actions of members, who are few, so the test doesn't wait for each of them. */
    private static final Set<String> OF_MEMBERS = Set.of("sign up", "log in", "search products", "order", "pay", "look at own orders");
    private static final Map<String, Service> KINDS = Map.of(
            "open product list", LOAD_GENERATOR,
            "open category", LOAD_GENERATOR,
            "look at product", LOAD_GENERATOR,
            "check out", LOAD_GENERATOR,
            "create booking session", LOAD_GENERATOR_INSTABOOK,
            "read booking session", LOAD_GENERATOR_INSTABOOK);

    private final Console console;
    private List<Console.Trace> traces;

    ContextIT(Shop shop) {
        this.console = Console.of(shop);
    }

    @BeforeAll
    void watchTheLoad() {
        var from = Instant.now();
        await("enough traces of each kind").atMost(PATIENCE).until(() -> {
            var seen = console.traces("since", from.toString()).stream().collect(groupingBy(Console.TraceLine::rootOperation, counting()));
            return KINDS.keySet().stream().allMatch(kind -> seen.getOrDefault(kind, 0L) >= OF_EACH_KIND);
        });
        var until = Instant.now();
        // All spans of these traces have arrived when some spans that started later have.
        await("all spans of these traces").atMost(PATIENCE).until(() -> {
            traces = console.traces("since", from.toString()).stream()
                    .filter(line -> Instant.parse(line.start()).isBefore(until))
                    .map(line -> console.trace(line.traceId())).toList();
            return traces.stream().allMatch(trace -> trace.isWhole() && isLoad(trace.roots().getFirst()))
                    || console.traces("since", until.plusSeconds(10).toString()).size() >= 2 * OF_EACH_KIND;
        });
    }

    @Test
    void shouldStartEveryTraceInALoadGeneratorAndKeepAllParents() {
        assertThat(traces).hasSizeGreaterThanOrEqualTo(KINDS.size() * OF_EACH_KIND).allSatisfy(trace -> {
            assertThat(trace.roots()).singleElement().matches(ContextIT::isLoad, "is a span of a load generator");
            assertThat(trace.orphans()).isEmpty();
            assertThat(trace.unanswered()).as("calls that lost the context").isEmpty();
            assertThat(trace.roots().getFirst()).matches(root -> sender(root.name()).toString().equals(root.service()));
        });
    }

    @Test
    void shouldCallOnlyTheServicesThatAnActionNeeds() {
        assertThat(traces).allSatisfy(trace -> {
            var services = trace.spans().stream().map(Console.Span::service).collect(Collectors.toSet());
            var root = trace.roots().getFirst().name();
            switch (root) {
                case "check out" ->
                    assertThat(services).isEqualTo(needed(trace, LOAD_GENERATOR, GATEWAY, INVENTORY, CHECKOUT, PRODUCT_CATALOG));
                case "open product list", "open category" -> assertThat(services).isEqualTo(showsRememberedStock(trace)
                        ? needed(trace, LOAD_GENERATOR, GATEWAY, PRODUCT_CATALOG, AD_SERVICE)
                        : needed(trace, LOAD_GENERATOR, GATEWAY, PRODUCT_CATALOG, AD_SERVICE, INVENTORY));
                case "look at product" ->
                    assertThat(services).isEqualTo(needed(trace, LOAD_GENERATOR, GATEWAY, PRODUCT_CATALOG, AD_SERVICE, INVENTORY));
                case "search products" -> assertThat(services).isEqualTo(needed(trace, LOAD_GENERATOR, GATEWAY, PRODUCT_CATALOG));
                case "sign up", "log in" -> assertThat(services).isEqualTo(needed(trace, LOAD_GENERATOR, GATEWAY, ACCOUNTS));
                case "order" -> assertThat(services)
                        .isEqualTo(needed(trace, LOAD_GENERATOR, GATEWAY, ACCOUNTS, INVENTORY, CHECKOUT, PRODUCT_CATALOG));
                case "pay" -> assertThat(services).isEqualTo(needed(trace, LOAD_GENERATOR, GATEWAY, ACCOUNTS, PAYMENTS, CHECKOUT));
                case "look at own orders" -> assertThat(services).isEqualTo(needed(trace, LOAD_GENERATOR, GATEWAY, ACCOUNTS, CHECKOUT));
                case "create booking session", "read booking session" ->
                    assertThat(services).isEqualTo(needed(trace, LOAD_GENERATOR_INSTABOOK, INSTABOOK, INSTABOOK_CACHE));
                default -> throw new AssertionError("Unknown action: " + root);
            }
        });
    }

    @Test
    void shouldMarkTheActionsOfOneUserWithTheSameSession() {
        var sessions = traces.stream().map(trace -> trace.roots().getFirst()).map(root -> root.attributes().get("session.id")).toList();

        assertThat(sessions).doesNotContainNull();
        assertThat(Set.copyOf(sessions)).hasSizeGreaterThan(1).hasSizeLessThan(sessions.size());
    }

    /** Returns whether a list shows stock that was read shortly before. */
    private static boolean showsRememberedStock(Console.Trace trace) {
        return trace.spans().stream().anyMatch(span -> span.attributes().containsKey("shop.stock.remembered"));
    }

    private static Service sender(String action) {
        return OF_MEMBERS.contains(action) ? LOAD_GENERATOR : KINDS.get(action);
    }

    private static boolean isLoad(Console.Span span) {
        return span.service().equals(LOAD_GENERATOR.toString()) || span.service().equals(LOAD_GENERATOR_INSTABOOK.toString());
    }

    /** Returns the names of these services, and currency if prices had to be converted. */
    private static Set<String> needed(Console.Trace trace, Service... services) {
        var needed = Set.of(services).stream().map(Service::toString).collect(Collectors.toSet());
        if (trace.spans().stream().flatMap(span -> Stream.of("shop.currency", "shop.order.currency").map(span.attributes()::get))
                .filter(Objects::nonNull).anyMatch(currency -> !currency.equals("USD"))) {
            needed.add(CURRENCY.toString());
        }
        return needed;
    }
}
