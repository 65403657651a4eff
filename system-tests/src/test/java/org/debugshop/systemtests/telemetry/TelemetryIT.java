package org.debugshop.systemtests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Service.GATEWAY;
import static org.debugshop.testkit.Service.INSTABOOK;
import static org.debugshop.testkit.Service.INSTABOOK_CACHE;
import static org.debugshop.testkit.Service.LOAD_GENERATOR_INSTABOOK;
import static org.debugshop.testkit.Service.PAYMENTS;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.debugshop.systemtests.UsesTheSystem;
import org.debugshop.testkit.Booking;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Metrics;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.TokenSwitch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Compares the telemetry that arrives with {@code docs/telemetry.md}, and checks that it contains no secrets. */
@UsesTheSystem
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TelemetryIT {

    private static final List<String> PREFIXES = List.of("shop_", "instabook_", "load_generator_", "console_", "db_client_connection_",
            "vertx_event_loop_");
    private static final List<String> SECRETS = List.of(Booking.TOKEN, "@example.com", "Main Street", "Harbour Street", "Market Square",
            "Rue des Lilas", "tok_");

    private final Shop shop;
    private final Console console;
    private final TelemetryPage page = TelemetryPage.read();
    private List<Console.Trace> traces;

    TelemetryIT(Shop shop) {
        this.shop = shop;
        this.console = Console.of(shop);
    }

    /** Uses every service, with success and with failure, because some attributes are only set if a request fails. */
    @BeforeAll
    void useEverything() {
        var since = Instant.now();
        var tokenSwitch = new TokenSwitch(shop);
        tokenSwitch.off();
        try {
            assertThat(Http.get(shop.url(INSTABOOK) + "/booking/session/1").status()).isEqualTo(500);
            await("failed bookings of the load generator").atMost(PATIENCE).until(() -> !console
                    .logs("service", LOAD_GENERATOR_INSTABOOK.toString(), "level", "ERROR", "since", since.toString()).isEmpty());
        } finally {
            tokenSwitch.on();
        }
        assertThat(Http.get(shop.url(INSTABOOK_CACHE) + "/cache/session/1").status()).isEqualTo(401);
        assertThat(Http.get(shop.url(GATEWAY) + "/products?category=Audio&currency=EUR").status()).isEqualTo(200);
        assertThat(Http.get(shop.url(GATEWAY) + "/product/99").status()).isEqualTo(404);
        assertThat(Http.get(shop.url(GATEWAY) + "/ad/ad1").status()).isEqualTo(200);
        var order = Http.post(shop.url(GATEWAY) + "/checkout", """
                {"user_id":"user-1","user_currency":"JPY","address":{"street":"1 Main Street"},"email":"a@example.com",
                 "items":[{"product_id":1,"quantity":2}]}""");
        assertThat(order.status()).isEqualTo(200);
        assertThat(Http.get(shop.url(GATEWAY) + "/order/" + Json.tree(order.body()).path("order_id").asText()).status()).isEqualTo(200);
        var payment = "{\"order_id\":\"%s\",\"amount\":%s,\"card\":\"%s\"}".formatted(Json.tree(order.body()).path("order_id").asText(),
                Json.tree(order.body()).path("total").decimalValue(), "%s");
        assertThat(Http.post(shop.url(PAYMENTS) + "/payments", payment.formatted("tok_declined"), "X-User-Id", "user-1").status())
                .isEqualTo(402);
        assertThat(Http.post(shop.url(PAYMENTS) + "/payments", payment.formatted("tok_1"), "X-User-Id", "user-1").status()).isEqualTo(200);
        assertThat(Http.post(shop.url(INSTABOOK) + "/booking/session", Booking.session("telemetry")).status()).isEqualTo(201);

        // These appear only if a service or an engine is missing, an event cannot be read, or stock runs out. Other tests cover them.
        var expected = new HashSet<>(page.attributes().keySet());
        expected.removeAll(
                List.of("shop.database.failure", "shop.degraded", "shop.event.failure", "shop.inventory.failure", "shop.product.failure",
                        "shop.redis.failure",
                        "shop.sale.short", "shop.upstream.failure"));
        await("every attribute of the page").atMost(PATIENCE).untilAsserted(() -> {
            traces = console.traces("since", since.toString()).stream().map(line -> console.trace(line.traceId())).toList();
            assertThat(attributes().keySet()).containsAll(expected);
        });
    }

    @Test
    void shouldSendOnlyListedAttributes() {
        assertThat(page.attributes().keySet()).containsAll(attributes().keySet());
    }

    @Test
    void shouldSendSpanAttributesWithTheirTypesAndLogAttributesAsText() {
        assertThat(traces).flatExtracting(Console.Trace::spans).flatExtracting(span -> own(span.attributes()))
                .allSatisfy(attribute -> assertThat(typeOf(attribute.getValue())).as(attribute.getKey())
                        .isEqualTo(page.attributes().get(attribute.getKey())));
        assertThat(traces).flatExtracting(Console.Trace::logs).flatExtracting(line -> own(line.attributes()))
                .allSatisfy(attribute -> assertThat(attribute.getValue()).as(attribute.getKey()).isInstanceOf(String.class));
    }

    @Test
    void shouldSendTheServicesNameAndVersionWithEverySpan() {
        assertThat(traces).flatExtracting(Console.Trace::spans).allSatisfy(span -> {
            assertThat(span.resource()).containsEntry("service.name", span.service()).containsEntry("deployment.environment.name", "local");
            assertThat(span.resource().get("service.version")).asString().isNotEmpty();
        });
    }

    @Test
    void shouldNotSendSecretsOrAddresses() {
        assertThat(traces).allSatisfy(trace -> assertThat(console.traceText(trace.traceId())).doesNotContain(SECRETS));
    }

    @Test
    void shouldServeExactlyTheListedMetrics() {
        // The counter of refused requests exists only after the first refusal.
        assertThat(Http.post("http://localhost:" + (4318 + shop.offset()) + "/v1/traces", "{").status()).isEqualTo(400);

        var served = new TreeMap<String, TelemetryPage.Metric>();
        for (var service : Service.values()) {
            var metrics = Metrics.of(shop.url(service));
            metrics.types().forEach((name, type) -> {
                if (PREFIXES.stream().anyMatch(name::startsWith) && !isMaximum(name, metrics)) {
                    served.put(name, new TelemetryPage.Metric(name, type, labels(metrics, name)));
                }
            });
        }

        assertThat(served).isEqualTo(page.metrics());
        assertThat(Http.isReady(shop.url(CONSOLE))).isTrue();
    }

    /** Returns whether the metric is the maximum that belongs to a summary or histogram. */
    private static boolean isMaximum(String name, Metrics metrics) {
        return name.endsWith("_max") && metrics.types().containsKey(name.replaceFirst("_max$", ""));
    }

    private static List<String> labels(Metrics metrics, String name) {
        return metrics.samples().stream().filter(sample -> sample.name().equals(name) || sample.name().equals(name + "_count"))
                .flatMap(sample -> sample.labels().keySet().stream()).distinct().sorted().toList();
    }

    private Map<String, Object> attributes() {
        var all = new TreeMap<String, Object>();
        traces.stream().flatMap(trace -> Stream.concat(
                trace.spans().stream().flatMap(
                        span -> Stream.concat(Stream.of(span.attributes()), span.events().stream().map(Console.Event::attributes))),
                trace.logs().stream().map(Console.LogLine::attributes)))
                .flatMap(attributes -> own(attributes).stream()).forEach(attribute -> all.put(attribute.getKey(), attribute.getValue()));
        return all;
    }

    private static List<Map.Entry<String, Object>> own(Map<String, Object> attributes) {
        return attributes.entrySet().stream().filter(attribute -> attribute.getKey().startsWith("shop.")).toList();
    }

    private static String typeOf(Object value) {
        return switch (value) {
            case String _ -> "string";
            case Boolean _ -> "boolean";
            case Integer _,Long _ -> "long";
            case Double _ -> "double";
            case List<?> list when list.stream().allMatch(element -> element instanceof Integer || element instanceof Long) -> "longArray";
            default -> throw new AssertionError(value.getClass());
        };
    }
}
