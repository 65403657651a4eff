package org.debugshop.gateway;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.debugshop.defaults.routes.Route;
import org.debugshop.defaults.routes.Routes;
import org.debugshop.defaults.upstream.Upstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway as the edge: it decides which copies the services behind it use. The stand-in for payments plays the other copy. */
@QuarkusTest
@QuarkusTestResource(Upstreams.class)
class RoutedRequestsTest {

    private static final String COPY = "{\"orders\":[],\"cursor\":null}";

    @BeforeEach
    void upstreamsAreWell() {
        Upstreams.areWell();
        Upstreams.answers(Upstreams.checkout, okJson(COPY));
        Upstreams.answers(Upstreams.payments, okJson(COPY));
    }

    @AfterEach
    void end() {
        Routes.replace(List.of(), false);
    }

    private static void route(String service, int weight, String key) {
        Routes.replace(List.of(new Route("r", 1, service, URI.create(Upstreams.payments.baseUrl()), weight, key, false, false, false,
                System.nanoTime() + Duration.ofMinutes(1).toNanos())), false);
    }

    private static RequestSpecification browser() {
        return given().accept("text/html");
    }

    /** Returns whether the other copy got the request for orders, and not the usual one. */
    private static boolean reachesTheCopy(RequestSpecification request, String path) {
        Upstreams.checkout.resetRequests();
        Upstreams.payments.resetRequests();
        request.get(path).then().statusCode(200);
        int usual = Upstreams.checkout.findAll(anyRequestedFor(anyUrl())).size();
        int copy = Upstreams.payments.findAll(anyRequestedFor(anyUrl())).size();
        assertThat(usual + copy).isEqualTo(1);
        return copy == 1;
    }

    @Test
    void shouldLeadARequestByItsBaggageOrCookie() {
        route("checkout", 0, "ann");
        assertThat(reachesTheCopy(given().header("baggage", "debug-shop.intercept=ann"), "/orders?user_id=1")).isTrue();
        assertThat(reachesTheCopy(given().header("Cookie", "theme=dark; intercept=ann"), "/orders?user_id=1")).isTrue();
        Upstreams.payments.verify(getRequestedFor(urlPathEqualTo("/orders")).withHeader("baggage",
                WireMock.equalTo("debug-shop.intercept=ann")).withoutHeader("Cookie"));
        assertThat(reachesTheCopy(given(), "/orders?user_id=1")).isFalse();
        assertThat(reachesTheCopy(given().header("Cookie", "intercept=bob"), "/orders?user_id=1")).isFalse();
    }

    @Test
    void shouldLeadTheRequestsOfAUserWhoseNameIsTheKey() {
        var alice = "Bearer alice";
        assertThat(reachesTheCopy(given().header("Authorization", alice), "/api/v1/orders")).isFalse();
        route("checkout", 0, "alice");
        // A protected route, then open ones.
        assertThat(reachesTheCopy(given().header("Authorization", alice), "/api/v1/orders")).isTrue();
        assertThat(reachesTheCopy(given().header("Authorization", alice), "/orders?user_id=1")).isTrue();
        assertThat(reachesTheCopy(given().header("Cookie", "session=alice"), "/orders?user_id=1")).isTrue();
        assertThat(reachesTheCopy(given().header("Authorization", "Bearer bob"), "/api/v1/orders")).isFalse();
    }

    /** The copy may be at a breakpoint. */
    @Test
    @Tag("nightly")
    void shouldWaitLongerForTheAnswerAboutAUserWithAKey() {
        var alice = aResponse().withHeader("X-User-Id", "id-of-alice").withHeader("X-User-Name", "alice")
                .withFixedDelay((int) Upstream.timeoutOfEnvironment().plusSeconds(1).toMillis());
        Upstreams.answers(Upstreams.edgeAuth, alice);
        given().header("Authorization", "Bearer alice").get("/api/v1/orders").then().statusCode(503);

        route("accounts", 0, "ann");
        Upstreams.answers(Upstreams.payments, alice);
        given().header("Authorization", "Bearer alice").header("Cookie", "intercept=ann").get("/api/v1/orders").then().statusCode(200);
    }

    @Test
    void shouldRecognizeAUserOfTheStorefront() {
        route("checkout", 0, "bob");
        given().header("Cookie", "session=bob").get("/session").then().body("username", equalTo("bob"));
        assertThat(reachesTheCopy(given().header("Cookie", "session=bob"), "/orders?user_id=1")).isTrue();
    }

    @Test
    void shouldKeepAShopperOnOneVersion() {
        route("checkout", 50, null);
        var copies = IntStream.range(0, 40).mapToObj(i -> {
            var first = reachesTheCopy(given().header("Cookie", "shopper=" + i), "/orders?user_id=1");
            assertThat(reachesTheCopy(given().header("Cookie", "shopper=" + i), "/order/1")).isEqualTo(first);
            return first;
        }).toList();
        assertThat(copies).contains(true, false);
    }

    @Test
    void shouldRecognizeGuestsOnlyWhileThereIsACanary() {
        browser().get("/").then().statusCode(200).header("Set-Cookie", nullValue());
        route("checkout", 0, "ann");
        browser().get("/").then().statusCode(200).header("Set-Cookie", nullValue());
        route("checkout", 50, null);
        var cookie = browser().get("/shop/cart").then().statusCode(200).extract().header("Set-Cookie");
        assertThat(cookie).matches("shopper=[0-9a-f-]{36}; .*").contains("HTTPOnly", "SameSite=Lax", "Path=/").doesNotContain("Max-Age");
        browser().header("Cookie", "shopper=1").get("/").then().header("Set-Cookie", nullValue());
        browser().header("Cookie", "session=alice").get("/").then().header("Set-Cookie", nullValue());
    }

    @Test
    void shouldKeepTheKeyOfTheStorefrontInACookie() {
        var begun = browser().get("/shop/cart?currency=EUR&intercept=ann");
        assertThat(cookie(begun)).startsWith("intercept=ann; ").contains("Path=/", "HTTPOnly", "SameSite=Lax").doesNotContain("Secure",
                "Max-Age");
        begun.then().body(containsString("<p id=\"intercept\">intercept: <b>ann</b></p>"));
        assertThat(cookie(browser().header("X-Forwarded-Proto", "https").get("/?intercept=ann"))).contains("; Secure");

        var ended = browser().header("Cookie", "intercept=ann").get("/?intercept=");
        assertThat(cookie(ended)).startsWith("intercept=; Max-Age=0; ");
        ended.then().body(not(containsString("intercept:"))).body(not(containsString("{intercept}")));
    }

    @Test
    void shouldShowTheKeyOnEachPage() {
        browser().header("Cookie", "intercept=ann").get("/").then().body(containsString("intercept: <b>ann</b>"))
                .header("Set-Cookie", nullValue());
        browser().header("Cookie", "intercept=<b>").get("/").then().body(not(containsString("intercept:")));
        browser().get("/").then().body(not(containsString("intercept:"))).body(not(containsString("{intercept}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<script>", "a b", "a;b", "a/b", "\"", "a2345678901234567890123456789012345678901"})
    void shouldRefuseAKeyThatIsNone(String key) {
        browser().queryParam("intercept", key).get("/").then().statusCode(400).header("Set-Cookie", nullValue())
                .body("error", equalTo("intercept has 1 to 40 characters of A-Z a-z 0-9 . _ -"));
    }

    private static String cookie(Response page) {
        return page.then().statusCode(200).extract().header("Set-Cookie");
    }
}
