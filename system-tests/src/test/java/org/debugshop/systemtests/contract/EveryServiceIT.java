package org.debugshop.systemtests.contract;

import static io.restassured.RestAssured.given;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.systemtests.ErrorBody.isAnError;
import static org.debugshop.testkit.Shop.PATIENCE;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import java.util.stream.Stream;
import org.debugshop.systemtests.SharesTheSystem;
import org.debugshop.systemtests.TheSystem;
import org.debugshop.testkit.Booking;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Metrics;
import org.debugshop.testkit.OpenMetrics;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of docs/http.md that hold for every service. */
@Tag(TheSystem.ANYWHERE)
@SharesTheSystem
class EveryServiceIT {

    /** A path for GET requests. Services that are not listed here have only /metrics. */
    private static final Map<Service, String> READ = Map.ofEntries(
            entry(Service.PRODUCT_CATALOG, "/products"), entry(Service.CURRENCY, "/rates"), entry(Service.AD_SERVICE, "/ads"),
            entry(Service.CHECKOUT, "/order/1"), entry(Service.INVENTORY, "/inventory/1"),
            entry(Service.PAYMENTS, "/payments/1"), entry(Service.ACCOUNTS, "/users/nobody"),
            entry(Service.GATEWAY, "/products"),
            entry(Service.INSTABOOK_CACHE, "/admin/token"), entry(Service.INSTABOOK, "/booking/session/1"),
            entry(Service.CONSOLE, "/api/services"));

    private static final String OVER_THE_LIMIT = "\"" + "x".repeat(300 * 1024) + "\"";

    private final Shop shop;

    EveryServiceIT(Shop shop) {
        this.shop = shop;
    }

    @ParameterizedTest
    @EnumSource
    void shouldReportThatItIsUp(Service service) {
        for (var path : new String[]{"/health", "/health/live", "/health/ready"}) {
            given().baseUri(shop.url(service)).get(path).then().statusCode(200).contentType(ContentType.JSON).body("status", equalTo("UP"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeMetricsAsText(Service service) {
        given().baseUri(shop.url(service)).get("/metrics").then().statusCode(200).contentType(startsWith("text/plain"));
        given().baseUri(shop.url(service)).get(path(service));

        var metrics = Metrics.of(shop.url(service));

        assertThat(metrics.sum("jvm_threads_live_threads")).isPositive();
        assertThat(metrics.samples()).as("probes and scrapes are not counted as requests")
                .noneMatch(sample -> sample.name().startsWith("http_server_requests")
                        && sample.labels().getOrDefault("uri", "").matches("/health.*|/metrics"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeMetricsThatAStrictParserAccepts(Service service) {
        given().baseUri(shop.url(service)).get(path(service));

        assertThat(OpenMetrics.problems(openMetrics(service))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldStartWithoutWarningsAboutItsConfiguration(Service service) {
        assertThat(shop.run("logs", "--raw", "-n", "100000", service.toString()).out()).isNotEmpty()
                .doesNotContain("Unrecognized configuration key");
    }

    @ParameterizedTest
    @EnumSource(names = "CONSOLE", mode = EnumSource.Mode.EXCLUDE)
    void shouldLinkItsLatencyBucketsToTraces(Service service) {
        var histogram = switch (service) {
            case LOAD_GENERATOR -> "load_generator_request_latency_seconds";
            case LOAD_GENERATOR_INSTABOOK -> "load_generator_instabook_request_latency_seconds";
            default -> "http_server_requests_seconds";
        };
        await("buckets with exemplars").atMost(PATIENCE).untilAsserted(() -> assertThat(openMetrics(service).lines()).anyMatch(
                line -> line.matches(histogram + "_bucket\\{.*le=\"[^\"]+\".*} \\d+(\\.\\d+)? # \\{.*trace_id=\"[0-9a-f]{32}\".*} .*")));
        assertThat(openMetrics(service)).endsWith("# EOF\n");
        assertThat(Http.text(shop.url(service) + "/metrics")).contains(histogram + "_bucket{").doesNotContain("trace_id=");
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerAnUnknownPathWithAnError(Service service) {
        given().baseUri(shop.url(service)).accept(ContentType.HTML).get("/no/such/path").then().statusCode(404).spec(isAnError());
        given().baseUri(shop.url(service)).contentType(ContentType.JSON).body("{}").post("/no/such/path").then().statusCode(404)
                .spec(isAnError());
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerAWrongMethodWithAnError(Service service) {
        given().baseUri(shop.url(service)).delete(path(service)).then().statusCode(405).spec(isAnError());
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseABodyOverTheLimit(Service service) {
        given().baseUri(shop.url(service)).contentType(ContentType.JSON).body(OVER_THE_LIMIT).post(path(service))
                .then().statusCode(413).spec(isAnError());
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                Arguments.of(Service.GATEWAY, "/checkout"),
                Arguments.of(Service.CHECKOUT, "/process"),
                Arguments.of(Service.CHECKOUT, "/orders"),
                Arguments.of(Service.PAYMENTS, "/payments"),
                Arguments.of(Service.INVENTORY, "/inventory/reserve"),
                Arguments.of(Service.INVENTORY, "/inventory/release"),
                Arguments.of(Service.ACCOUNTS, "/users"),
                Arguments.of(Service.ACCOUNTS, "/login"),
                Arguments.of(Service.INSTABOOK, "/booking/session"),
                Arguments.of(Service.INSTABOOK_CACHE, "/cache/session"),
                Arguments.of(Service.INSTABOOK_CACHE, "/admin/token"));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void shouldRefuseABodyThatIsNotJson(Service service, String path) {
        for (var body : new String[]{"{", "{\"a\":}", "[1,2", "nonsense", "{} {}", "[".repeat(5000)}) {
            admittedBy(service).contentType(ContentType.JSON).body(body).post(path).then().statusCode(400).spec(isAnError());
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void shouldRefuseABodyOfAnotherType(Service service, String path) {
        admittedBy(service).contentType(ContentType.TEXT).body("{}").post(path).then().statusCode(415).spec(isAnError());
    }

    private RequestSpecification admittedBy(Service service) {
        var request = given().baseUri(shop.url(service));
        return service == Service.INSTABOOK_CACHE ? request.auth().preemptive().oauth2(Booking.TOKEN) : request;
    }

    private static String path(Service service) {
        return READ.getOrDefault(service, "/metrics");
    }

    private String openMetrics(Service service) {
        return given().baseUri(shop.url(service)).accept("application/openmetrics-text").get("/metrics")
                .then().statusCode(200).contentType(startsWith("application/openmetrics-text")).extract().asString();
    }
}
