package org.debugshop.launcher.topology;

import static org.debugshop.launcher.topology.Service.kafka;
import static org.debugshop.launcher.topology.Service.postgres;
import static org.debugshop.launcher.topology.Service.quarkus;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The whole system on one page: every process, where it listens and which others it calls.
 *
 * <p>Ports are those of an instance without an offset. The order is the order of start; stopping goes backwards, so the load
 * ends first and the console, which all others report to, last. The variables that all of them get ({@code PORT}, {@code HOST},
 * {@code OTEL_EXPORTER_OTLP_ENDPOINT}) are in {@code ServiceEnvironment}; what they inherit, so that
 * {@code INSTABOOK_API_TOKEN=... ./shop up} reaches both halves of the booking chain, is in {@code InheritedEnvironment}.
 */
public record Topology(List<Service> services) {

    /** The console's OTLP receiver, which every service sends its telemetry to. */
    public static final int OTLP_PORT = 4318;
    /** The same for senders that speak gRPC. It is always the port before {@link #OTLP_PORT}, also where that is moved. */
    public static final int OTLP_GRPC_PORT = OTLP_PORT - 1;

    public static final Topology DEBUG_SHOP = new Topology(List.of(
            quarkus("console", 8090)
                    .heap(128)
                    .alsoListensOn("OTLP_PORT", OTLP_PORT)
                    .alsoListensOn("OTLP_GRPC_PORT", OTLP_GRPC_PORT)
                    .linksTo("CACHE_ADMIN_URL", "instabook-cache", "/admin")
                    .scrapesAll("SCRAPE_TARGETS")
                    .page("console", "/"),

            postgres("postgres", 5432, "orders", "inventory"),
            kafka("kafka", 9092, 9093),

            quarkus("product-catalog", 8081),
            quarkus("currency", 8082),
            quarkus("ad-service", 8083),
            quarkus("checkout", 8084)
                    .calls("PRODUCT_CATALOG_SERVICE", "product-catalog")
                    .calls("CURRENCY_SERVICE", "currency")
                    .databaseIfPresent("postgres", "orders")
                    .events("kafka"),
            quarkus("inventory", 8085)
                    .calls("CHECKOUT_SERVICE", "checkout")
                    .database("postgres", "inventory")
                    .events("kafka"),
            quarkus("gateway", 8080)
                    .calls("PRODUCT_CATALOG_SERVICE", "product-catalog")
                    .calls("CURRENCY_SERVICE", "currency")
                    .calls("AD_SERVICE", "ad-service")
                    .calls("CHECKOUT_SERVICE", "checkout")
                    .callsIfPresent("INVENTORY_SERVICE", "inventory")
                    .linksTo("CONSOLE_URL", "console", "")
                    .page("storefront", "/"),

            quarkus("instabook-cache", 8086)
                    .page("booking cache, token switch", "/admin"),
            quarkus("instabook", 8087)
                    .calls("INSTABOOK_CACHE_SERVICE", "instabook-cache"),

            quarkus("load-generator", 8099)
                    .asLoad()
                    .set("LOAD_PROFILE", "shop")
                    .listensOn("METRICS_PORT")
                    .calls("GATEWAY_SERVICE", "gateway"),
            quarkus("load-generator-instabook", 8098)
                    .from("load-generator")
                    .asLoad()
                    .set("LOAD_PROFILE", "instabook")
                    .listensOn("METRICS_PORT")
                    .calls("INSTABOOK_SERVICE", "instabook")));

    /**
     * As many bare Quarkus services, with the flags of most, at the same ports: what {@code ./shop bench} compares with. They
     * are started, watched and stopped by the same code, so that a comparison is one of services and of nothing else.
     */
    public static final Topology BARE = new Topology(IntStream.range(0, DEBUG_SHOP.applications().size())
            .mapToObj(i -> quarkus("bare-" + (i + 1), DEBUG_SHOP.applications().get(i).port())
                    .from("bench/bare"))
            .toList());

    /** The services of this project, without the engines. */
    public List<Service> applications() {
        return services.stream().filter(service -> !service.kind().isEngine()).toList();
    }

    public List<String> names() {
        return services.stream().map(Service::name).toList();
    }

    /** The services that wait for a service's answers: its callers, their callers and so on, in the order of start. */
    public List<Service> waitingFor(Service service) {
        var waiting = new HashSet<Service>();
        var toAsk = new ArrayDeque<>(List.of(service));
        while (!toAsk.isEmpty()) {
            var called = toAsk.remove().name();
            services.stream().filter(caller -> caller.waitsFor(called) && waiting.add(caller)).forEach(toAsk::add);
        }
        return services.stream().filter(waiting::contains).toList();
    }

    public Optional<Service> find(String name) {
        return services.stream().filter(service -> service.name().equals(name)).findFirst();
    }
}
