package org.debugshop.loadgenerator;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.moreThanOrExactly;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.debugshop.defaults.telemetry.Failure;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Eight shoppers with short pauses. Product 5 is unknown and checkout fails. */
@QuarkusTest
@TestProfile(ShopLoadTest.EightShoppers.class)
class ShopLoadTest {

    public static class EightShoppers extends TestEnvironment {
        public EightShoppers() {
            super("USERS", "8", "DELAY_BETWEEN_USERS", "0.05", "DELAY_BETWEEN_REQUESTS", "0.02");
        }
    }

    private static final Pattern SAMPLE = Pattern
            .compile("load_generator_request_count_total\\{endpoint=\"(.*?)\",method=\"(.*?)\",status=\"(.*?)\",?}.*");

    private static final Map<String, String> ENDPOINTS = Map.of("open product list", "/products", "open category", "/products",
            "look at product", "/product/{id}", "check out", "/checkout", "sign up", "/api/v1/signup", "log in", "/api/v1/login",
            "search products", "/api/v1/products/search/{text}", "order", "/api/v1/order/create", "pay", "/api/v1/payments/pay",
            "look at own orders", "/api/v1/orders");

    @Inject
    Traces traces;

    @BeforeAll
    static void breakSomething() {
        Target.answer(post(urlPathEqualTo("/api/v1/login")), Target.json(200, "{\"token\":\"t1\",\"expires_in\":3600}"));
        Target.answer(post(urlPathEqualTo("/api/v1/order/create")),
                Target.json(201, "{\"order\":{\"id\":\"o1\"},\"amount\":2249.97}").withUniformRandomDelay(1, 60));
        Target.answer(get(urlPathEqualTo("/product/5")),
                Target.json(404, "{\"error\":\"Product not found\"}").withUniformRandomDelay(1, 60));
        Target.answer(post(urlPathEqualTo("/checkout")),
                Target.json(502, "{\"error\":\"checkout failed with " + "x".repeat(1_000) + "\"}").withUniformRandomDelay(1, 60));
    }

    @BeforeEach
    void beginAnew() {
        Target.server.resetRequests();
        traces.reset();
    }

    @Test
    void shouldStartATraceForEachAction() {
        // Few visits begin with a sign-up.
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(traces.whole().values()).hasSizeGreaterThan(200)
                .extracting(trace -> trace.root().getName()).containsAll(ENDPOINTS.keySet()));
        var whole = traces.whole();
        await().untilAsserted(() -> assertThat(served().keySet()).containsAll(whole.keySet()));
        var served = served();

        assertThat(whole.values().stream().map(trace -> trace.root().getName()).distinct())
                .containsExactlyInAnyOrderElementsOf(ENDPOINTS.keySet());
        // The request that was received matches the trace, so no action ran in the context of another.
        assertThat(whole).allSatisfy((id, trace) -> {
            var request = served.get(id);
            assertThat(request.getHeader("traceparent")).isEqualTo("00-" + id + "-" + trace.request().getSpanId() + "-01");
            assertIsAbout(trace.root(), request);
        });
    }

    /** Returns the received requests by trace id; fails if two requests have the same. */
    private static Map<String, Request> served() {
        return Target.server.getAllServeEvents().stream().map(ServeEvent::getRequest)
                .collect(Collectors.toMap(request -> request.getHeader("traceparent").split("-")[1], request -> request));
    }

    private static void assertIsAbout(SpanData root, Request request) {
        switch (root.getName()) {
            case "open product list" -> assertThat(request.getUrl()).matches("/products\\?currency=(USD|EUR|GBP|JPY|CAD)");
            case "open category" -> assertThat(request.getUrl())
                    .startsWith("/products?category=" + root.getAttributes().get(ShopProfile.CATEGORY) + "&currency=");
            case "look at product" ->
                assertThat(request.getUrl()).startsWith("/product/" + root.getAttributes().get(ShopProfile.PRODUCT_ID) + "?currency=");
            case "search products" -> assertThat(request.getUrl())
                    .startsWith("/api/v1/products/search/" + root.getAttributes().get(MemberVisits.SEARCH) + "?currency=");
            case "check out", "sign up", "log in", "order", "pay", "look at own orders" ->
                assertThat(request.getUrl()).isEqualTo(ENDPOINTS.get(root.getName()));
            default -> throw new AssertionError(root);
        }
    }

    @Test
    void shouldGroupTheActionsOfAUserAndRunThemInSequence() {
        await().until(() -> traces.roots().size() > 200);
        var visits = traces.visits();

        assertThat(visits).hasSizeGreaterThan(30).doesNotContainKey(null);
        assertThat(visits.values()).allSatisfy(visit -> {
            assertThat(visit.stream().skip(1).map(SpanData::getName)).doesNotContain("open product list", "open category", "sign up");
            for (var i = 1; i < visit.size(); i++) {
                assertThat(visit.get(i - 1).getEndEpochNanos()).isLessThanOrEqualTo(visit.get(i).getStartEpochNanos());
                assertThat(visit.get(i - 1).getStatus().getStatusCode()).as("a user leaves after a failure").isEqualTo(StatusCode.UNSET);
            }
        });
        assertThat(visits.values()).anyMatch(visit -> visit.size() >= 3);
    }

    @Test
    void shouldCountByTemplateAndStatus() {
        await().untilAsserted(() -> assertThat(counted()).containsExactlyInAnyOrder(
                "get /products 200", "get /product/{id} 200", "get /product/{id} 404", "post /checkout 502",
                "post /api/v1/signup 200", "post /api/v1/login 200", "get /api/v1/products/search/{text} 200",
                "post /api/v1/order/create 201", "post /api/v1/payments/pay 200", "get /api/v1/orders 200"));
    }

    private static List<String> counted() {
        return given().get("/metrics").then().statusCode(200).extract().asString().lines().map(SAMPLE::matcher)
                .filter(Matcher::matches).map(sample -> sample.group(2) + " " + sample.group(1) + " " + sample.group(3)).toList();
    }

    @Test
    void shouldAddATraceToItsLatencyAsAnExemplar() {
        var exemplar = Pattern.compile(
                "load_generator_request_latency_seconds_bucket\\{endpoint=\"(.*?)\",.* # \\{span_id=\"(\\w+)\",trace_id=\"(\\w+)\"} .*");
        await().untilAsserted(() -> {
            // Some exemplars are older than this test.
            var shown = given().accept("application/openmetrics-text").get("/metrics").then().extract().asString().lines()
                    .map(exemplar::matcher).filter(Matcher::matches).filter(line -> traces.root(line.group(3)).isPresent()).toList();
            assertThat(shown).hasSizeGreaterThan(5).allSatisfy(line -> {
                var root = traces.root(line.group(3)).orElseThrow();
                assertThat(line.group(2)).isEqualTo(root.getSpanId());
                assertThat(line.group(1)).isEqualTo(ENDPOINTS.get(root.getName()));
            });
        });
    }

    @Test
    void shouldLogAFailureOnceWithStatusErrorAndTrace() {
        try (var logs = Logs.captured()) {
            await().untilAsserted(() -> {
                var lines = logs.lines();
                assertThat(lines.stream().map(line -> line.fields().get("traceId"))).doesNotHaveDuplicates().doesNotContainNull();
                // The first lines may belong to actions that started before the test.
                var logged = lines.stream().filter(line -> traces.root(line.fields().get("traceId")).isPresent()).toList();
                assertThat(logged).hasSizeGreaterThan(40);
                assertThat(logged.stream().map(line -> line.fields().get("url.template"))).contains("/product/{id}", "/checkout");
                assertThat(logged).allSatisfy(this::assertHasItsTrace);
            });
        }
    }

    private void assertHasItsTrace(Logs.Line line) {
        assertThat(line.isError()).isTrue();
        var trace = traces.whole().get(line.fields().get("traceId"));
        var root = trace.root();
        assertThat(line.fields().get("spanId")).isEqualTo(root.getSpanId());
        assertThat(line.fields().get("session.id")).isEqualTo(root.getAttributes().get(ActionRunner.SESSION_ID));
        assertThat(line.fields().get("shop.error")).isEqualTo(root.getStatus().getDescription());
        assertThat(line.fields().get("http.response.status_code")).isEqualTo(root.getAttributes().get(Failure.ERROR_TYPE));
        switch (line.fields().get("url.template")) {
            case "/product/{id}" -> {
                assertThat(root.getAttributes().get(ShopProfile.PRODUCT_ID)).isEqualTo(5);
                assertThat(line.message()).isEqualTo("Failed to look at product: GET /product/{id} answered 404: Product not found");
            }
            case "/checkout" -> {
                assertThat(line.fields().get("http.response.status_code")).isEqualTo("502");
                assertThat(line.fields().get("shop.error")).startsWith("checkout failed with xxx").hasSize(201).endsWith("…");
            }
            default -> throw new AssertionError(line.message());
        }
    }

    @Test
    void shouldSetTheStatusOfTheRootSpan() {
        await().until(() -> traces.roots().stream().anyMatch(root -> root.getName().equals("check out")));
        assertThat(traces.roots()).allSatisfy(root -> {
            var broken = root.getName().equals("check out") || Long.valueOf(5).equals(root.getAttributes().get(ShopProfile.PRODUCT_ID));
            assertThat(root.getStatus().getStatusCode()).isEqualTo(broken ? StatusCode.ERROR : StatusCode.UNSET);
        });
    }

    @Test
    void shouldOrderAndPayWithTheTokenOfTheLogIn() {
        var pay = postRequestedFor(urlPathEqualTo("/api/v1/payments/pay"));
        await().untilAsserted(() -> Target.server.verify(moreThanOrExactly(3), pay));
        assertThat(Target.server.findAll(pay)).allSatisfy(payment -> {
            assertThat(payment.getHeader("Authorization")).isEqualTo("Bearer t1");
            assertThat(payment.getBodyAsString()).isEqualTo("{\"order_id\":\"o1\",\"amount\":2249.97}");
        });
        assertThat(traces.roots()).allSatisfy(root -> assertThat(root.getAttributes().asMap().values()).doesNotContain("t1"));
    }

    @Test
    void shouldSendValidOrders() {
        await().untilAsserted(() -> Target.server.verify(moreThanOrExactly(10), postRequestedFor(urlPathEqualTo("/checkout"))));
        assertThat(Target.server.findAll(postRequestedFor(urlPathEqualTo("/checkout")))).allSatisfy(order -> {
            var json = JsonPath.from(order.getBodyAsString());
            assertThat(json.getString("user_id")).matches("user-\\d+");
            assertThat(json.getString("user_currency")).isIn("USD", "EUR", "GBP", "JPY", "CAD");
            assertThat(json.getMap("address")).containsOnlyKeys("street", "city", "state", "country", "zip");
            assertThat(json.getString("email")).isEqualTo(json.getString("user_id") + "@example.com");
            assertThat(json.getList("items")).hasSizeBetween(1, 3)
                    .allMatch(item -> ((Map<?, ?>) item).keySet().equals(Set.of("product_id", "quantity")));
        });
    }
}
