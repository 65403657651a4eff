package org.debugshop.defaults.routes;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.debugshop.defaults.upstream.Upstream;
import org.eclipse.microprofile.rest.client.annotation.ClientHeaderParam;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A service at the edge, and the two copies of the service that it calls. */
@QuarkusTest
@TestProfile(RoutedCallsTest.AtTheEdge.class)
class RoutedCallsTest {

    public static class AtTheEdge implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("shop.routes.edge", "true", "quarkus.otel.simple", "true");
        }

        @Produces
        @Singleton
        InMemorySpanExporter spans() {
            return InMemorySpanExporter.create();
        }
    }

    @Path("/thing")
    @ClientHeaderParam(name = "X-Token", value = "one")
    interface ThingClient {
        @GET
        @Path("{id}")
        Uni<String> read(@PathParam("id") String id, @QueryParam("q") String query);

        @POST
        @Path("{id}")
        Uni<String> write(@PathParam("id") String id, String body);
    }

    private static final WireMockServer usual = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
    private static final WireMockServer copy = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

    /** Calls the service twice for a read, as one that needs two answers. */
    @Path("/edge")
    public static class EdgeResource {

        private final Upstream things = Upstream.named("things");
        private final Logins logins;
        private ThingClient client;

        EdgeResource(Logins logins) {
            this.logins = logins;
        }

        private synchronized ThingClient client() {
            if (client == null) {
                client = QuarkusRestClientBuilder.newBuilder().baseUri(URI.create(usual.baseUrl())).build(ThingClient.class);
            }
            return client;
        }

        @GET
        @Path("{id}")
        public Uni<String> read(@PathParam("id") String id) {
            return things.call(client().read(id, "a b"))
                    .flatMap(first -> things.call(client().read(id, "c")).map(second -> first + second));
        }

        @POST
        @Path("{id}")
        public Uni<String> write(@PathParam("id") String id, String body) {
            return things.call(client().write(id, body));
        }

        /** Learns who the caller is from another service. */
        @GET
        @Path("me/{name}")
        public Uni<String> me(@PathParam("name") String name, @HeaderParam("Authorization") String authorization) {
            return things.call(client().read("auth", null)).invoke(_ -> logins.learn(authorization, name))
                    .flatMap(_ -> things.call(client().read(name, null)));
        }
    }

    @Inject
    InMemorySpanExporter spans;

    @BeforeAll
    static void start() {
        usual.start();
        copy.start();
    }

    @AfterAll
    static void stop() {
        usual.stop();
        copy.stop();
    }

    @BeforeEach
    void reset() {
        usual.resetAll();
        copy.resetAll();
        usual.stubFor(any(anyUrl()).willReturn(ok("u")));
        copy.stubFor(any(anyUrl()).willReturn(ok("c")));
    }

    @AfterEach
    void end() {
        Routes.replace(List.of(), false);
    }

    private static void route(int weight, String key) {
        route(weight, key, false, false, URI.create(copy.baseUrl()));
    }

    private static void route(int weight, String key, boolean mirror, boolean unsafe, URI url) {
        Routes.replace(List.of(new Route("r", 1, "things", url, weight, key, mirror, unsafe, false,
                System.nanoTime() + Duration.ofMinutes(1).toNanos())), false);
    }

    private static RequestSpecification ann() {
        return given().header("baggage", "debug-shop.intercept=ann");
    }

    private static ValidatableResponse read(RequestSpecification request) {
        return request.get("/edge/7").then().statusCode(200);
    }

    private static String answer(RequestSpecification request) {
        return read(request).extract().asString();
    }

    private static String write(int status) {
        return ann().body("content").post("/edge/8").then().statusCode(status).extract().asString();
    }

    @Test
    void shouldCallTheUsualCopyWithoutRoutes() {
        assertThat(answer(ann())).isEqualTo("uu");
        copy.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldLeadOnlyRequestsWithTheKeyToTheCopy() {
        route(0, "ann");
        assertThat(answer(ann())).isEqualTo("cc");
        copy.verify(1, getRequestedFor(urlEqualTo("/thing/7?q=a+b")).withHeader("X-Token", equalTo("one"))
                .withHeader("Host", equalTo("localhost:" + copy.port())));
        usual.verify(0, anyRequestedFor(anyUrl()));

        assertThat(answer(given())).isEqualTo("uu");
        assertThat(answer(given().header("baggage", "debug-shop.intercept=bob"))).isEqualTo("uu");
        assertThat(write(200)).isEqualTo("c");
        copy.verify(1, postRequestedFor(urlEqualTo("/thing/8")).withRequestBody(equalTo("content")));
    }

    @Test
    void shouldSendTheBaggageWithEachCall() {
        read(ann());
        usual.verify(2, anyRequestedFor(anyUrl()).withHeader("baggage", equalTo("debug-shop.intercept=ann")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"debug-shop.intercept=ann,team=a;b=c,secret=1 | debug-shop.intercept=ann",
            "debug-shop.canary=things.other,x=1 | debug-shop.canary=", "debug-shop.canary=a%20b |", "debug-shop.intercept=%3Cscript%3E |",
            "team=a |", "debug-shop.intercept= |", "nonsense |", ",,= |"})
    void shouldDropWhatIsNotKnownAtTheEdge(String sent, String passedOn) {
        read(given().header("baggage", sent));
        var received = usual.getAllServeEvents().getFirst().getRequest().getHeader("baggage");
        if (passedOn == null) {
            assertThat(received).isNull();
        } else {
            assertThat(received).startsWith(passedOn).doesNotContain("team", "secret", "x=1");
        }
    }

    @Test
    void shouldTakeTheKeyOfTheCookie() {
        route(0, "ann");
        assertThat(answer(given().header("Cookie", "theme=dark; intercept=ann"))).isEqualTo("cc");
        assertThat(answer(given().header("Cookie", "intercept=ann; session=x").header("baggage", "debug-shop.intercept=bob")))
                .isEqualTo("uu");
        assertThat(answer(given().header("Cookie", "xintercept=ann; intercept=; interceptor=ann"))).isEqualTo("uu");
    }

    @Test
    void shouldRecognizeAUserWhoseNameIsAKey() {
        assertThat(given().header("Authorization", "Bearer 1").get("/edge/me/ann").asString()).isEqualTo("u");
        route(0, "ann");
        assertThat(answer(given().header("Authorization", "Bearer 1"))).isEqualTo("uu");
        // From the moment at which the name is known, also on routes that need no authentication.
        assertThat(given().header("Authorization", "Bearer 1").get("/edge/me/ann").asString()).isEqualTo("c");
        copy.verify(1, getRequestedFor(urlEqualTo("/thing/ann")).withHeader("baggage", equalTo("debug-shop.intercept=ann")));
        assertThat(answer(given().header("Authorization", "Bearer 1"))).isEqualTo("cc");
        assertThat(answer(given().header("Cookie", "session=1"))).isEqualTo("cc");
        assertThat(answer(given().header("Authorization", "Bearer 2"))).isEqualTo("uu");
        given().header("Authorization", "Bearer 3").get("/edge/me/bob");
        assertThat(answer(given().header("Authorization", "Bearer 3"))).isEqualTo("uu");
        route(0, "cat");
        assertThat(answer(given().header("Authorization", "Bearer 1"))).isEqualTo("uu");
    }

    @Test
    void shouldKeepAShopperOnOneVersion() {
        route(50, null);
        for (var header : List.of("Cookie", "Authorization")) {
            var copies = IntStream.range(0, 60).mapToObj(i -> {
                var value = header.equals("Cookie") ? "shopper=" + i : "Bearer " + i;
                var first = answer(given().header(header, value));
                assertThat(first).isIn("uu", "cc").isEqualTo(answer(given().header(header, value)));
                return first;
            }).toList();
            assertThat(copies).contains("uu", "cc");
        }
        assertThat(answer(given().header("baggage", "debug-shop.canary=things"))).isEqualTo("cc");
        assertThat(answer(given().header("baggage", "debug-shop.canary=other"))).isEqualTo("uu");
    }

    @Test
    void shouldKeepATraceOnOneVersion() {
        route(50, null);
        var copies = IntStream.range(0, 60).mapToObj(i -> {
            var parent = "00-" + IdGenerator.random().generateTraceId() + "-00f067aa0ba902b7-01";
            var first = answer(given().header("traceparent", parent));
            assertThat(first).isIn("uu", "cc").isEqualTo(answer(given().header("traceparent", parent)));
            return first;
        }).toList();
        assertThat(copies).contains("uu", "cc");
        // Without a trace of the caller, both calls of a request go to the same copy.
        assertThat(IntStream.range(0, 60).mapToObj(_ -> answer(given()))).containsOnly("uu", "cc").contains("uu", "cc");
    }

    @Test
    void shouldCallTheUsualCopyIfTheOtherIsGone() throws IOException {
        try (var closed = new Socket()) {
            closed.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)); // bound, so that nothing else listens there
            route(0, "ann", false, false, URI.create("http://127.0.0.1:" + closed.getLocalPort()));
            var trace = IdGenerator.random().generateTraceId();
            assertThat(answer(ann().header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01"))).isEqualTo("uu");
            write(200);

            usual.verify(2, getRequestedFor(anyUrl()).withHeader("X-Token", equalTo("one"))
                    .withHeader("baggage", equalTo("debug-shop.intercept=ann")));
            usual.verify(1, postRequestedFor(urlEqualTo("/thing/8")).withRequestBody(equalTo("content")));
            assertThat(usual.getAllServeEvents()).extracting(event -> event.getRequest().header("X-Token").values())
                    .allMatch(values -> values.equals(List.of("one")));
            await().until(() -> spans.getFinishedSpanItems().stream().filter(span -> span.getTraceId().equals(trace)).count() == 5);
            assertThat(usual.getAllServeEvents()).filteredOn(event -> event.getRequest().getUrl().startsWith("/thing/7"))
                    .allMatch(event -> event.getRequest().getHeader("traceparent").contains(trace));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE"})
    void shouldSendNothingTwice(Fault fault) {
        copy.stubFor(any(anyUrl()).willReturn(aResponse().withFault(fault)));
        route(0, "ann");
        assertThat(write(502)).contains("things is unreachable");
        usual.verify(0, anyRequestedFor(anyUrl()));
        copy.verify(1, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldMirrorRequestsThatChangeNothing() {
        copy.stubFor(any(anyUrl()).willReturn(okJson("other").withStatus(500)));
        route(0, "ann", true, false, URI.create(copy.baseUrl()));
        assertThat(answer(ann())).isEqualTo("uu");
        await().until(() -> requests(copy).size() == 2);
        assertThat(requests(copy)).allMatch(request -> request.getHeader("baggage").equals("debug-shop.intercept=ann"));
        read(given());
        write(200);
        usual.verify(1, postRequestedFor(anyUrl()));
        assertThat(requests(copy)).hasSize(2);

        route(0, "ann", true, true, URI.create(copy.baseUrl()));
        write(200);
        await().until(() -> requests(copy).size() == 3);
        copy.verify(1, postRequestedFor(urlEqualTo("/thing/8")).withRequestBody(equalTo("content")));
        usual.verify(2, postRequestedFor(anyUrl()));
    }

    @Test
    void shouldNotWaitForAMirror() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            route(0, "ann", true, false, URI.create("http://127.0.0.1:" + silent.getLocalPort()));
            for (int i = 0; i < 30; i++) {
                assertThat(answer(ann())).isEqualTo("uu");
            }
        }
        usual.verify(60, anyRequestedFor(anyUrl()));
        copy.verify(0, anyRequestedFor(anyUrl()));
    }

    private static List<LoggedRequest> requests(WireMockServer server) {
        return server.findAll(anyRequestedFor(anyUrl()));
    }
}
