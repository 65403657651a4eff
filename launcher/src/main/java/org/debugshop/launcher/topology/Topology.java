package org.debugshop.launcher.topology;

import static org.debugshop.launcher.topology.Service.exporter;
import static org.debugshop.launcher.topology.Service.kafka;
import static org.debugshop.launcher.topology.Service.postgres;
import static org.debugshop.launcher.topology.Service.quarkus;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The whole system on one page: every process, its port, and the services that it calls.
 *
 * <p>Ports are those of an instance without an offset. The order is the order of start. Services stop in reverse order, so the load
 * generators stop first, and the console, to which all others send telemetry, stops last. The variables that all of them get ({@code PORT},
 * {@code HOST},
 * {@code OTEL_EXPORTER_OTLP_ENDPOINT}) are in {@code ServiceEnvironment}; what they inherit, so that
 * {@code INSTABOOK_API_TOKEN=... ./shop up} reaches both halves of the booking chain, is in {@code InheritedEnvironment}.
 */
public record Topology(List<Service> services) {

    /** The console's OTLP receiver, which every service sends its telemetry to. */
    public static final int OTLP_PORT = 4318;
    /** The same for gRPC. It is always the port below {@link #OTLP_PORT}, even if that is changed. */
    public static final int OTLP_GRPC_PORT = OTLP_PORT - 1;

    public static final Topology DEBUG_SHOP = new Topology(List.of(
            quarkus("console", 8090)
                    .heap(152)
                    .alsoListensOn("OTLP_PORT", OTLP_PORT)
                    .alsoListensOn("OTLP_GRPC_PORT", OTLP_GRPC_PORT)
                    .linksTo("CACHE_ADMIN_URL", "instabook-cache", "/admin")
                    .scrapesAll("SCRAPE_TARGETS")
                    .page("console", "/"),

            postgres("postgres", 5432, "orders", "inventory", "accounts", "payments"),
            kafka("kafka", 9092, 9093),
            exporter("engine-exporter", 9187)
                    .database("postgres", "postgres")
                    .events("kafka"),

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
            quarkus("accounts", 8088)
                    .databaseIfPresent("postgres", "accounts"),
            quarkus("payments", 8089)
                    .calls("CHECKOUT_SERVICE", "checkout")
                    .database("postgres", "payments")
                    .events("kafka"),
            quarkus("gateway", 8080)
                    .calls("PRODUCT_CATALOG_SERVICE", "product-catalog")
                    .calls("CURRENCY_SERVICE", "currency")
                    .calls("AD_SERVICE", "ad-service")
                    .calls("CHECKOUT_SERVICE", "checkout")
                    .callsIfPresent("INVENTORY_SERVICE", "inventory")
                    .callsIfPresent("ACCOUNTS_SERVICE", "accounts")
                    .callsIfPresent("EDGE_AUTH_SERVICE", "accounts", "/auth").overridable("EDGE_AUTH_SERVICE")
                    .callsIfPresent("PAYMENTS_SERVICE", "payments")
                    .linksTo("CONSOLE_URL", "console", "")
                    .page("storefront", "/"),

            quarkus("instabook-cache", 8086)
                    .page("booking cache, token switch", "/admin"),
            quarkus("instabook", 8087)
                    .calls("INSTABOOK_CACHE_SERVICE", "instabook-cache"),

            quarkus("load-generator", 8099)
                    .asLoad()
                    .set("LOAD_PROFILE", "shop")
                    .set("USERS", "13").overridable("USERS") // about five actions a second, see docs/http.md
                    .listensOn("METRICS_PORT")
                    .calls("GATEWAY_SERVICE", "gateway")
                    .knows("ACCOUNTS_SERVICE", "accounts")
                    .knows("PAYMENTS_SERVICE", "payments"),
            quarkus("load-generator-instabook", 8098)
                    .from("load-generator")
                    .asLoad()
                    .set("LOAD_PROFILE", "instabook")
                    .set("USERS", "4").overridable("USERS") // more than one request a second, so that a failure soon shows
                    .listensOn("METRICS_PORT")
                    .calls("INSTABOOK_SERVICE", "instabook")));

    /**
     * The same number of bare Quarkus services on the same ports, with the flags of most services. {@code ./shop bench} compares the system
     * with them. The same code starts, watches and stops them, so only the services differ.
     */
    public static final Topology BARE = new Topology(IntStream.range(0, DEBUG_SHOP.applications().size())
            .mapToObj(i -> quarkus("bare-" + (i + 1), DEBUG_SHOP.applications().get(i).port())
                    .from("bench/bare"))
            .toList());

    /** Returns the services of this project, without the engines and their exporter. */
    public List<Service> applications() {
        return services.stream().filter(service -> service.kind() == Service.Kind.QUARKUS).toList();
    }

    public List<String> names() {
        return services.stream().map(Service::name).toList();
    }

    /** Returns the services that wait for a service's answers: its callers, their callers and so on, in the order of start. */
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
