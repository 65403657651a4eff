package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.http.Fault;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.Method;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Upstreams.class)
class EdgeAuthenticationTest {

    private static final AttributeKey<String> USER_ID = AttributeKey.stringKey("shop.user.id");
    private static final AttributeKey<String> UPSTREAM_FAILURE = AttributeKey.stringKey("shop.upstream.failure");
    private static final String PAGE = "{\"orders\":[],\"cursor\":null}";

    @Inject
    Spans spans;

    @BeforeEach
    void upstreamsAreWell() {
        Upstreams.areWell();
        Upstreams.checkout.stubFor(get(urlPathEqualTo("/orders")).willReturn(okJson(PAGE)));
    }

    private static RequestSpecification as(String user) {
        return given().header("Authorization", "Bearer " + user).redirects().follow(false);
    }

    private static ValidatableResponse orders() {
        return as("alice").get("/api/v1/orders").then();
    }

    @ParameterizedTest
    @CsvSource({"POST, /api/v1/order/create", "GET, /api/v1/order/1", "GET, /api/v1/orders", "POST, /api/v1/payments/pay",
            "GET, /api/v1/payments/status/1"})
    void shouldProtectARoute(Method method, String path) {
        given().contentType("application/json").body("{\"product_ids\":[1]}").request(method, path).then().statusCode(401)
                .header("WWW-Authenticate", "Bearer").contentType("application/json").body("error", equalTo("Log in first"));
        as("mallory").contentType("application/json").body("not json").request(method, path).then().statusCode(401);
        Upstreams.edgeAuth.verify(2, anyRequestedFor(anyUrl()));
        Upstreams.checkout.verify(0, anyRequestedFor(anyUrl()));
        Upstreams.payments.verify(0, anyRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @CsvSource({"POST, /api/v1/signup", "POST, /api/v1/login", "GET, /api/v1/products", "GET, /api/v1/products/1",
            "GET, /api/v1/products/search/phone", "GET, /api/v1/products/category/phones", "GET, /products", "GET, /product/1",
            "GET, /order/1", "GET, /orders?user_id=1", "GET, /", "GET, /nowhere"})
    void shouldNotAskBeforeAnOpenRoute(Method method, String path) {
        Upstreams.answers(Upstreams.accounts, okJson("{}"));
        as("mallory").contentType("application/json").body("{}").request(method, path);
        Upstreams.edgeAuth.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldAskWithMethodAddressAndAuthorizationAndNothingElseOfTheCaller() {
        as("alice").urlEncodingEnabled(false).header("Cookie", "session=1").header("X-Other", "1").header("X-Forwarded-Uri", "/elsewhere")
                .header("X-Forwarded-Method", "DELETE").header("X-Forwarded-For", "1.2.3.4").header("User-Agent", "the-caller")
                .header("Accept", "application/json").header("X-User-Id", "mallory")
                .get("/api/v1/orders?limit=2&cursor=a%20b%2Fc").then().statusCode(200);

        Upstreams.edgeAuth.verify(1, getRequestedFor(urlEqualTo("/auth"))
                .withHeader("X-Forwarded-Method", WireMock.equalTo("GET"))
                .withHeader("X-Forwarded-Uri", WireMock.equalTo("/api/v1/orders?limit=2&cursor=a%20b%2Fc"))
                .withHeader("Authorization", WireMock.equalTo("Bearer alice"))
                .withHeader("Accept", WireMock.equalTo("*/*")));
        var asked = Upstreams.edgeAuth.findAll(anyRequestedFor(anyUrl())).getFirst();
        assertThat(asked.getHeaders().keys().stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet()))
                .isSubsetOf(Set.of("x-forwarded-method", "x-forwarded-uri", "authorization", "accept", "host", "user-agent", "traceparent",
                        "content-length"));
        assertThat(asked.getHeader("User-Agent")).isNotEqualTo("the-caller");
        assertThat(asked.getBody()).isEmpty();
    }

    @Test
    void shouldAskWithTheMethodAndTheAddressThatARouteIsFoundBy() {
        as("alice").contentType("application/json").body("{}").post("/api/v1/order/create").then().statusCode(400);
        Upstreams.edgeAuth.verify(1, getRequestedFor(urlEqualTo("/auth")).withHeader("X-Forwarded-Method", WireMock.equalTo("POST"))
                .withHeader("X-Forwarded-Uri", WireMock.equalTo("/api/v1/order/create")));
        as("alice").urlEncodingEnabled(false).get("/api/v1/products/../%6Frders").then().statusCode(200);
        Upstreams.edgeAuth.verify(1,
                getRequestedFor(urlEqualTo("/auth")).withHeader("X-Forwarded-Uri", WireMock.equalTo("/api/v1/orders")));
    }

    @Test
    void shouldAskWithAllAuthorizationHeadersOfTheCaller() {
        given().header("Authorization", "Bearer alice", "Bearer bob").get("/api/v1/orders");
        assertThat(Upstreams.edgeAuth.findAll(anyRequestedFor(anyUrl())).getFirst().header("Authorization").values())
                .containsExactly("Bearer alice", "Bearer bob");
    }

    @Test
    void shouldPassTheUserOfTheAnswerToTheServiceBehind() {
        as("bob").get("/api/v1/orders").then().statusCode(200);
        Upstreams.checkout.verify(1, getRequestedFor(urlEqualTo("/orders?user_id=id-of-bob"))
                .withHeader("X-User-Id", WireMock.equalTo("id-of-bob")).withHeader("X-User-Name", WireMock.equalTo("bob"))
                .withHeader("Authorization", absent()));
    }

    @Test
    void shouldNeedNoNameOfTheUser() {
        Upstreams.answers(Upstreams.edgeAuth, aResponse().withHeader("x-user-id", "7"));
        orders().statusCode(200);
        Upstreams.checkout.verify(1, getRequestedFor(urlEqualTo("/orders?user_id=7")).withHeader("X-User-Id", WireMock.equalTo("7"))
                .withHeader("X-User-Name", absent()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-User-Id", "x-user-id", "X-USER-ID", "x-UsEr-Id"})
    void shouldDropTheUserThatACallerNames(String header) {
        Upstreams.answers(Upstreams.edgeAuth, aResponse().withHeader("X-User-Id", "7"));
        as("alice").header(header, "mallory", "eve").header(header.toUpperCase(Locale.ROOT).replace("ID", "NAME"), "Mallory")
                .get("/api/v1/orders").then().statusCode(200);
        var request = Upstreams.checkout.findAll(getRequestedFor(urlEqualTo("/orders?user_id=7"))).getFirst();
        assertThat(request.header("X-User-Id").values()).containsExactly("7");
        assertThat(request.containsHeader("X-User-Name")).isFalse();

        given().header(header, "mallory").contentType("application/json").body("{\"user_id\":\"guest\"}").post("/checkout");
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process")).withRequestBody(equalToJson("{\"user_id\":\"guest\"}"))
                .withHeader("X-User-Id", absent()));
    }

    @Test
    void shouldReturnARefusalAsItIs() {
        var body = "{ \"error\" : \"Grüße: you may not\" }";
        for (var status : List.of(400, 401, 403, 404, 407, 418, 429)) {
            Upstreams.answers(Upstreams.edgeAuth, aResponse().withStatus(status).withHeader("Content-Type", "application/problem+json")
                    .withHeader("WWW-Authenticate", "Bearer realm=\"shop\"", "Basic realm=\"shop\"").withHeader("Retry-After", "17")
                    .withHeader("Cache-Control", "no-store").withHeader("X-User-Id", "7").withHeader("X-Internal", "1").withBody(body));
            var answer = orders().statusCode(status).header("Content-Type", equalTo("application/problem+json")).header("Retry-After", "17")
                    .header("Cache-Control", "no-store").header("X-User-Id", nullValue()).header("X-Internal", nullValue()).extract();
            assertThat(answer.headers().getValues("WWW-Authenticate")).containsExactly("Bearer realm=\"shop\"", "Basic realm=\"shop\"");
            assertThat(new String(answer.asByteArray(), UTF_8)).isEqualTo(body);
        }
        Upstreams.checkout.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldReturnARedirectAndAnAnswerWithoutABodyAsTheyAre() {
        for (var target : List.of("/login?then=%2Fapi", "https://login.example/a?b=c", "login")) {
            Upstreams.answers(Upstreams.edgeAuth, aResponse().withStatus(302).withHeader("Location", target));
            orders().statusCode(302).header("Location", target).body(emptyString());
        }
        Upstreams.answers(Upstreams.edgeAuth, aResponse().withStatus(204));
        orders().statusCode(204);
        Upstreams.answers(Upstreams.edgeAuth, aResponse().withStatus(401));
        orders().statusCode(401).body(emptyString());
        Upstreams.answers(Upstreams.edgeAuth, aResponse().withStatus(403).withHeader("Content-Type", "text/html").withBody("<p>No</p>"));
        orders().statusCode(403).header("Content-Type", equalTo("text/html")).body(equalTo("<p>No</p>"));
        Upstreams.checkout.verify(0, anyRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504})
    void shouldAnswer503IfTheServiceFails(int status) {
        Upstreams.answers(Upstreams.edgeAuth, aResponse().withStatus(status).withBody("stack trace"));
        orders().statusCode(503).header("Retry-After", "1").contentType("application/json")
                .body("error", equalTo("The authentication service failed with status " + status));
        Upstreams.checkout.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldPassOnThatTheServiceWantsToBeLeftAlone() {
        Upstreams.answers(Upstreams.edgeAuth, Upstreams.error(503, "Too many passwords").withHeader("Retry-After", "7"));
        orders().statusCode(503).header("Retry-After", "7").body("error", equalTo("Too many passwords"));
        Upstreams.checkout.verify(0, anyRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"EMPTY_RESPONSE", "CONNECTION_RESET_BY_PEER", "RANDOM_DATA_THEN_CLOSE"})
    void shouldAnswer503IfTheServiceIsUnreachable(Fault fault) {
        Upstreams.answers(Upstreams.edgeAuth, aResponse().withFault(fault));
        orders().statusCode(503).header("Retry-After", "1").body("error", equalTo("The authentication service is unreachable"));
    }

    @Test
    void shouldAnswer503IfTheServiceIsTooSlowAndServeOpenRoutesMeanwhile() {
        Upstreams.answers(Upstreams.edgeAuth, aResponse().withFixedDelay(60_000));
        var waiting = CompletableFuture.runAsync(() -> orders().statusCode(503).header("Retry-After", "1").body("error",
                equalTo("The authentication service did not answer in time")));
        await().until(() -> Upstreams.edgeAuth.countRequestsMatching(anyRequestedFor(anyUrl()).build()).getCount() > 0);
        given().get("/api/v1/products").then().statusCode(200);
        assertThat(waiting).isNotDone();
        waiting.join();
    }

    @Test
    void shouldRefuseAnAnswerThatNamesNoUser() {
        var sentence = "The authentication service admitted a request without one X-User-Id";
        for (var answer : List.of(aResponse(), aResponse().withHeader("X-User-Id", " "), aResponse().withHeader("X-User-Id", "1", "2"),
                aResponse().withHeader("X-User-Name", "alice"))) {
            Upstreams.answers(Upstreams.edgeAuth, answer);
            as("alice").header("X-User-Id", "mallory").get("/api/v1/orders").then().statusCode(503).header("Retry-After", "1").body("error",
                    equalTo(sentence));
        }
        Upstreams.checkout.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldGiveAnOrderToTheAuthenticatedUserWhateverItsBodyNames() {
        Upstreams.checkout.stubFor(post(urlEqualTo("/process")).willReturn(okJson("{\"order_id\":\"1\"}")));
        as("alice").contentType("application/json").body("{\"user_id\":\"bob\",\"user_currency\":\"EUR\",\"items\":[]}").post("/checkout")
                .then().statusCode(200);
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process"))
                .withRequestBody(equalToJson("{\"user_id\":\"id-of-alice\",\"user_currency\":\"EUR\",\"items\":[]}")));
        as("bob").contentType("application/json").body("{}").post("/checkout").then().statusCode(200);
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process")).withRequestBody(equalToJson("{\"user_id\":\"id-of-bob\"}")));
        as("bob").contentType("application/json").body("[1]").post("/checkout").then().statusCode(200);
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process")).withRequestBody(equalToJson("[1]")));
    }

    @Test
    void shouldRefuseAnOrderWithAWrongTokenAndTakeOneWithout() {
        Upstreams.checkout.stubFor(post(urlEqualTo("/process")).willReturn(okJson("{\"order_id\":\"1\"}")));
        as("mallory").contentType("application/json").body("{\"user_id\":\"bob\"}").post("/checkout").then().statusCode(401);
        Upstreams.checkout.verify(0, anyRequestedFor(anyUrl()));
        Upstreams.edgeAuth.resetRequests();
        given().contentType("application/json").body("{\"user_id\":\"guest\"}").post("/checkout").then().statusCode(200);
        Upstreams.edgeAuth.verify(0, anyRequestedFor(anyUrl()));
        Upstreams.checkout.verify(1, postRequestedFor(urlEqualTo("/process")).withRequestBody(equalToJson("{\"user_id\":\"guest\"}")));
    }

    @Test
    void shouldTraceTheUserAndTheQuestion() {
        var trace = "0af7651916cd43dd8448eb211c800011";
        traced(trace).get("/api/v1/orders").then().statusCode(200);
        var server = serverSpan(trace);
        assertThat(server.getAttributes().get(USER_ID)).isEqualTo("id-of-alice");
        var question = span(trace, span -> span.getKind() == SpanKind.CLIENT
                && span.getAttributes().asMap().toString().contains(":" + Upstreams.edgeAuth.port() + "/auth"));
        assertThat(question.getParentSpanId()).isEqualTo(server.getSpanId());
        Upstreams.edgeAuth.verify(1, getRequestedFor(anyUrl()).withHeader("traceparent",
                WireMock.equalTo("00-" + trace + "-" + question.getSpanId() + "-01")));
        Upstreams.checkout.verify(1, getRequestedFor(anyUrl()).withHeader("traceparent", WireMock.matching("00-" + trace + "-.*")));
    }

    @Test
    void shouldCountTheQuestions() {
        orders().statusCode(200);
        given().get("/metrics").then()
                .body(matchesPattern("(?s).*\nhttp_client_requests_seconds_count\\{client_name=\"edge-auth\",method=\"GET\","
                        + "outcome=\"SUCCESS\",status=\"200\",uri=\"/auth\",?}.*"))
                .body(containsString("client_name=\"checkout\",method=\"GET\",outcome=\"SUCCESS\",status=\"200\",uri=\"/orders\""));
    }

    @Test
    void shouldMarkTheSpanIfThereIsNoUsableAnswer() {
        var trace = "0af7651916cd43dd8448eb211c800012";
        Upstreams.answers(Upstreams.edgeAuth, aResponse().withFault(Fault.EMPTY_RESPONSE));
        traced(trace).get("/api/v1/orders").then().statusCode(503);
        assertThat(serverSpan(trace).getAttributes().get(UPSTREAM_FAILURE)).isEqualTo("authentication service is unreachable");
        assertThat(serverSpan(trace).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);

        var nameless = "0af7651916cd43dd8448eb211c800013";
        Upstreams.answers(Upstreams.edgeAuth, aResponse());
        traced(nameless).get("/api/v1/orders").then().statusCode(503);
        assertThat(serverSpan(nameless).getAttributes().get(UPSTREAM_FAILURE))
                .isEqualTo("authentication service admitted a request without one X-User-Id");

        var failed = "0af7651916cd43dd8448eb211c800014";
        Upstreams.answers(Upstreams.edgeAuth, aResponse().withStatus(500));
        traced(failed).get("/api/v1/orders").then().statusCode(503);
        assertThat(serverSpan(failed).getAttributes().get(UPSTREAM_FAILURE)).isNull();
    }

    @Test
    void shouldShowNoTokenInTheTrace() {
        var trace = "0af7651916cd43dd8448eb211c800015";
        Upstreams.edgeAuth.stubFor(any(anyUrl()).willReturn(aResponse().withHeader("X-User-Id", "7")));
        given().header("traceparent", "00-" + trace + "-b7ad6b7169203331-01").header("Authorization", "Bearer top-secret")
                .get("/api/v1/orders").then().statusCode(200);
        serverSpan(trace);
        assertThat(spans.all(trace).toString()).doesNotContain("top-secret");
    }

    private static RequestSpecification traced(String trace) {
        return as("alice").header("traceparent", "00-" + trace + "-b7ad6b7169203331-01");
    }

    private SpanData serverSpan(String trace) {
        return span(trace, span -> span.getKind() == SpanKind.SERVER);
    }

    /** Waits for a span of this trace, because a span ends shortly after its answer. */
    private SpanData span(String trace, Predicate<SpanData> wanted) {
        return await().until(() -> spans.all(trace).stream().filter(wanted).findFirst(), found -> found.isPresent()).orElseThrow();
    }
}
