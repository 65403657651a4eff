package org.debugshop.console.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.debugshop.console.TestSpans.START;
import static org.debugshop.console.TestSpans.client;
import static org.debugshop.console.TestSpans.consumer;
import static org.debugshop.console.TestSpans.internal;
import static org.debugshop.console.TestSpans.nanos;
import static org.debugshop.console.TestSpans.producer;
import static org.debugshop.console.TestSpans.server;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.assertj.core.data.Offset;
import org.debugshop.console.TestSpans;
import org.debugshop.console.store.TraceStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceGraphTest {

    private static final long NOW = START.toEpochMilli() + 20_000;

    private final TraceStore store = new TraceStore(10_000);

    private void add(TestSpans... spans) {
        store.add(Arrays.stream(spans).map(TestSpans::stored).toList(), START.toEpochMilli());
    }

    private List<ServiceGraph.Edge> edges(Map<String, String> addresses) {
        return new ServiceGraph(store, addresses).edges(Long.MIN_VALUE, NOW);
    }

    private List<ServiceGraph.Service> services(long sinceNanos) {
        return new ServiceGraph(store, Map.of()).services(sinceNanos, NOW);
    }

    @Test
    void shouldCountOnlyIncomingRequests() {
        add(server("gateway", "/").id(1).lasting(30), client("gateway", "GET").id(2).parent(1), server("currency", "/").id(3).parent(2)
                .lasting(7).error());

        assertThat(services(Long.MIN_VALUE)).extracting(ServiceGraph.Service::name).containsExactly("currency", "gateway");
        assertThat(services(Long.MIN_VALUE).getFirst().statistics()).isEqualTo(new RequestStatistics(1, 1 / 20.0, 1, 7, 7, 7));
        assertThat(services(Long.MIN_VALUE).getLast().statistics().errorShare()).isZero();
    }

    @Test
    void shouldCountTheRequestsOfEachVersionOfAService() {
        add(server("a", "/").trace(1).id(1).lasting(10).resource("service.version", "1.0").resource("service.instance.id", "y"),
                client("a", "GET").trace(1).id(2).parent(1).resource("service.version", "1.0").resource("service.instance.id", "y"),
                server("a", "/").trace(2).id(1).lasting(30).resource("service.version", "1.0").resource("service.instance.id", "x"),
                server("a", "/").trace(3).id(1).lasting(50).error().resource("service.version", "1.0-canary"),
                server("a", "/").trace(4).id(1).at(-60_000),
                server("b", "/").trace(5).id(1).resource("service.version", "2.0"));
        var graph = new ServiceGraph(store, Map.of());

        var copies = graph.copies("a", nanos(-30_000), NOW);

        assertThat(copies.seconds()).isEqualTo(20);
        assertThat(copies.requests()).containsExactly(
                new ServiceGraph.Copy("1.0", List.of("x", "y"), new RequestStatistics(2, 2 / 20.0, 0, 10, 30, 30)),
                new ServiceGraph.Copy("1.0-canary", List.of(), new RequestStatistics(1, 1 / 20.0, 1, 50, 50, 50)));
        assertThat(graph.copies("a", Long.MIN_VALUE, NOW).requests()).extracting(ServiceGraph.Copy::version)
                .containsExactly("", "1.0", "1.0-canary");
        assertThat(graph.copies("c", Long.MIN_VALUE, NOW).requests()).isEmpty();
        assertThat(graph.versions(nanos(-30_000))).containsOnlyKeys("a", "b").containsEntry("b", new TreeSet<>(List.of("2.0")))
                .containsEntry("a", new TreeSet<>(List.of("1.0", "1.0-canary")));
    }

    @Test
    void shouldCountTheRootsOfEachVersionOfAServiceWithoutIncomingRequests() {
        add(internal("load-generator", "browse").id(1).resource("service.version", "1.0"),
                client("load-generator", "GET").id(2).parent(1).resource("service.version", "1.0"));

        assertThat(new ServiceGraph(store, Map.of()).copies("load-generator", Long.MIN_VALUE, NOW).requests())
                .extracting(copy -> copy.statistics().requests()).containsExactly(1);
    }

    @Test
    void shouldCountTheRootsOfAServiceWithoutIncomingRequests() {
        add(internal("load-generator", "browse").id(1), client("load-generator", "GET").id(2).parent(1));

        assertThat(services(Long.MIN_VALUE).getFirst().statistics().requests()).isEqualTo(1);
    }

    @Test
    void shouldHaveExactPercentiles() {
        for (int i = 1; i <= 200; i++) {
            add(server("a", "/").trace(i).id(i).lasting(i));
        }

        RequestStatistics statistics = services(Long.MIN_VALUE).getFirst().statistics();
        assertThat(List.of(statistics.p50Millis(), statistics.p95Millis(), statistics.p99Millis())).containsExactly(100.0, 190.0, 198.0);
    }

    @Test
    void shouldComputeTheRateOverThePeriodWithData() {
        for (int i = 1; i <= 100; i++) {
            add(server("a", "/").trace(i).id(i).at(15_000));
        }

        Offset<Double> offset = Offset.offset(1e-9);
        assertThat(services(nanos(-3_600_000)).getFirst().statistics().rate()).as("20 s have been seen").isEqualTo(5, offset);
        assertThat(services(nanos(10_000)).getFirst().statistics().rate()).as("the last 10 s").isEqualTo(10, offset);
        assertThat(services(nanos(16_000))).isEmpty();
    }

    @Test
    void shouldHaveAnEdgeFromACallerToTheServiceThatAnswered() {
        add(server("gateway", "/").id(1), client("gateway", "GET").id(2).parent(1).lasting(9), server("currency", "/").id(3).parent(2)
                .lasting(4));

        assertThat(edges(Map.of())).singleElement().satisfies(edge -> {
            assertThat(edge.from()).isEqualTo("gateway");
            assertThat(edge.to()).isEqualTo("currency");
            assertThat(edge.statistics().p50Millis()).as("as the caller sees it").isEqualTo(9);
            assertThat(edge.inferred()).isZero();
        });
    }

    @Test
    void shouldMeasureAMessageByItsConsumer() {
        add(producer("checkout", "orders").id(1).lasting(1), consumer("inventory", "orders").id(2).parent(1).lasting(8));

        assertThat(edges(Map.of())).singleElement().satisfies(edge -> assertThat(edge.statistics().p50Millis()).isEqualTo(8));
    }

    @Test
    void shouldPutATopicBetweenProducerAndConsumer() {
        add(producer("checkout", "send orders").id(1).lasting(2).attribute("messaging.destination.name", "orders"),
                consumer("inventory", "process orders").id(2).parent(1).lasting(8).attribute("messaging.destination.name", "orders"),
                consumer("checkout", "process orders").id(3).parent(1).lasting(3).error().attribute("messaging.destination.name",
                        "orders"));

        assertThat(edges(Map.of())).extracting(ServiceGraph.Edge::from, ServiceGraph.Edge::to, edge -> edge.statistics().p50Millis(),
                edge -> edge.statistics().errorShare(), ServiceGraph.Edge::inferred).containsExactly(
                        tuple("checkout", "topic orders", 2.0, 0.0, 0), tuple("topic orders", "checkout", 3.0, 1.0, 0),
                        tuple("topic orders", "inventory", 8.0, 0.0, 0));
        assertThat(services(Long.MIN_VALUE)).extracting(ServiceGraph.Service::name).containsExactly("checkout", "inventory");
    }

    @Test
    void shouldFindAServiceThatIsDownByItsEarlierAddress() {
        add(client("gateway", "GET").trace(1).id(1).attribute("server.address", "localhost").attribute("server.port", "8082"),
                server("currency", "/").trace(1).id(2).parent(1));
        add(client("gateway", "GET").trace(2).id(1).error().attribute("server.address", "127.0.0.1").attribute("server.port", "8082"));

        assertThat(edges(Map.of())).singleElement().satisfies(edge -> {
            assertThat(edge.to()).isEqualTo("currency");
            assertThat(edge.statistics().requests()).isEqualTo(2);
            assertThat(edge.statistics().errorShare()).isEqualTo(0.5);
            assertThat(edge.inferred()).isEqualTo(1);
        });
    }

    @Test
    void shouldFindAServiceThatNeverAnsweredByTheScrapeTargets() {
        add(client("gateway", "GET").id(1).error().attribute("server.address", "localhost").attribute("server.port", "8083"));

        assertThat(edges(Map.of("localhost:8083", "ad-service"))).singleElement().extracting(ServiceGraph.Edge::to).isEqualTo("ad-service");
        assertThat(edges(Map.of())).singleElement().extracting(ServiceGraph.Edge::to).isEqualTo("localhost:8083");
    }

    @Test
    void shouldNameADatabaseBySystem() {
        add(client("checkout", "INSERT").id(1).attribute("db.system.name", "postgresql").attribute("server.address", "localhost")
                .attribute("server.port", "5432"));

        assertThat(edges(Map.of())).singleElement().extracting(ServiceGraph.Edge::to).isEqualTo("postgresql");
    }

    @ParameterizedTest
    @CsvSource({"db.system, postgresql, postgresql", "peer.service, billing, billing", "messaging.system, rabbitmq, rabbitmq",
            "http.url, https://api.example.com/v1, api.example.com:443", "http.url, http://api.example.com:81/, api.example.com:81",
            "url.full, http://localhost:8083/ads, ad-service", "net.peer.name, db.example.com, db.example.com"})
    void shouldUnderstandTheNamesOfOtherSenders(String attribute, String value, String callee) {
        add(client("shop", "call").id(1).attribute(attribute, value));

        assertThat(edges(Map.of("localhost:8083", "ad-service"))).singleElement().extracting(ServiceGraph.Edge::to).isEqualTo(callee);
    }

    @Test
    void shouldFindAServiceByAnOldNameOfItsAddress() {
        add(client("shop", "call").id(1).attribute("net.peer.name", "127.0.0.1").attribute("net.peer.port", "8083"));

        assertThat(edges(Map.of("localhost:8083", "ad-service"))).singleElement().extracting(ServiceGraph.Edge::to).isEqualTo("ad-service");
    }

    @Test
    void shouldFindATopicByAnOldName() {
        add(producer("shop", "orders send").id(1).attribute("messaging.destination", "orders"));

        assertThat(edges(Map.of())).singleElement().extracting(ServiceGraph.Edge::to).isEqualTo("topic orders");
    }

    @Test
    void shouldFindTheEdgesOfALargeTrace() {
        add(server("gateway", "/").id(1));
        for (int i = 1; i <= 100; i++) {
            add(client("gateway", "GET").id(1000 + i).parent(1), server("currency", "/").id(2000 + i).parent(1000 + i));
        }

        assertThat(edges(Map.of())).singleElement().satisfies(edge -> assertThat(edge.statistics().requests()).isEqualTo(100));
    }
}
