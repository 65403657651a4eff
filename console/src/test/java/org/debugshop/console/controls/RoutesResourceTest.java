package org.debugshop.console.controls;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes requests for checkout, whose instances and callers this test plays. */
@QuarkusTest
class RoutesResourceTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TestHTTPResource("/")
    String url;

    @Inject
    Routes routes;

    private final List<Instance> instances = new ArrayList<>();

    @AfterEach
    void leave() {
        instances.forEach(Instance::close);
        routes.live().forEach(route -> given().delete("/api/routes/" + route.id()).then().statusCode(204));
        await().until(() -> given().get("/api/failures/payment-declined").then().extract().<List<?>>path("instances").isEmpty());
    }

    private Instance listening(String service, String name) {
        var instance = new Instance(url.replaceFirst("/$", ""), service, name);
        instances.add(instance);
        return instance.awaitEvent("{\"faults\":{}}");
    }

    /** @param change changes a valid request of ann for checkout with the key ann */
    private static String body(UnaryOperator<ObjectNode> change) {
        return change.apply(JSON.createObjectNode().put("service", "checkout").put("url", "http://localhost:9999").put("key", "ann")
                .put("owner", "ann@laptop").put("lease_seconds", 20)).toString();
    }

    private static ValidatableResponse put(String id, String body) {
        return given().contentType("application/json").body(body).put("/api/routes/" + id).then();
    }

    /** Reports each route that it gets. */
    private static void confirms(Instance instance) {
        instance.confirmsAll(event -> {
            var revisions = JSON.createObjectNode();
            event.path("routes").forEach(route -> revisions.set(route.path("id").asText(), route.path("revision")));
            return "{\"faults\":{},\"problems\":{},\"routes\":" + revisions + "}";
        });
    }

    @Test
    void shouldSendARouteToAllInstancesAndReturnOnceTheyUseIt() throws IOException {
        var checkout = listening("checkout", "one");
        var gateway = listening("gateway", "two");
        confirms(checkout);
        confirms(gateway);

        put("anns-checkout", body(route -> route.put("events", true).put("version", "1.1.0"))).statusCode(200)
                .body("id", equalTo("anns-checkout")).body("service", equalTo("checkout")).body("url", equalTo("http://localhost:9999"))
                .body("key", equalTo("ann")).body("weight", nullValue()).body("mirror", equalTo(false)).body("unsafe", equalTo(false))
                .body("events", equalTo(true)).body("owner", equalTo("ann@laptop")).body("version", equalTo("1.1.0"))
                .body("lease_seconds", equalTo(20)).body("since", notNullValue()).body("expires", notNullValue())
                .body("instances", equalTo(2)).body("acknowledged", equalTo(2)).body("missing", empty());

        var sent = JSON.readTree(gateway.lastEvent()).path("routes").path(0);
        assertThat(sent.path("service").asText()).isEqualTo("checkout");
        assertThat(sent.path("url").asText()).isEqualTo("http://localhost:9999");
        assertThat(sent.path("key").asText()).isEqualTo("ann");
        assertThat(sent.path("weight").isNull()).isTrue();
        assertThat(sent.path("events").asBoolean()).isTrue();
        assertThat(sent.path("lease_ms").asLong()).isBetween(1L, 20_000L);

        given().get("/api/routes").then().statusCode(200).body("time", notNullValue()).body("routes.id", contains("anns-checkout"))
                .body("routes[0].acknowledged", equalTo(2));
        given().delete("/api/routes/anns-checkout").then().statusCode(204);
        gateway.awaitEvent("{\"faults\":{}}");
        given().get("/api/routes").then().body("routes", empty());
        given().delete("/api/routes/anns-checkout").then().statusCode(204);
    }

    @Test
    void shouldNameTheInstancesThatDoNotUseARouteYet() {
        listening("checkout", "one");
        confirms(listening("gateway", "two"));

        put("short", body(route -> route.put("lease_seconds", 1))).statusCode(200)
                .body("instances", equalTo(2)).body("acknowledged", equalTo(1)).body("missing", contains("checkout one"));
    }

    @Test
    void shouldEndARouteThatIsNotRenewed() {
        listening("checkout", "one");
        put("short", body(route -> route.put("lease_seconds", 1))).statusCode(200);
        await().until(() -> given().get("/api/routes").then().extract().<List<?>>path("routes").isEmpty());
        put("other", body(route -> route.put("owner", "bob@laptop").put("lease_seconds", 1))).statusCode(200);
    }

    @Test
    void shouldRenewALeaseWithTheSameRequest() throws IOException {
        var checkout = listening("checkout", "one");
        confirms(checkout);
        var first = put("anns", body(route -> route)).statusCode(200);
        var revision = JSON.readTree(checkout.lastEvent()).path("routes").path(0).path("revision").asLong();

        var again = put("anns", body(route -> route.put("lease_seconds", 30))).statusCode(200).body("acknowledged", equalTo(1));
        assertThat(again.extract().<String>path("since")).isEqualTo(first.extract().path("since"));
        assertThat(Instant.parse(again.extract().path("expires"))).isAfter(Instant.parse(first.extract().path("expires")));
        await().until(() -> JSON.readTree(checkout.lastEvent()).path("routes").path(0).path("lease_ms").asLong() > 20_000);
        assertThat(JSON.readTree(checkout.lastEvent()).path("routes").path(0).path("revision").asLong()).isEqualTo(revision);

        put("anns", body(route -> route.put("url", "http://localhost:8888/"))).statusCode(200).body("acknowledged", equalTo(1))
                .body("url", equalTo("http://localhost:8888"));
        assertThat(JSON.readTree(checkout.lastEvent()).path("routes").path(0).path("revision").asLong()).isGreaterThan(revision);
    }

    @Test
    void shouldLetNoTwoRoutesContradictEachOther() {
        confirms(listening("checkout", "one"));
        confirms(listening("currency", "two"));
        put("anns", body(route -> route)).statusCode(200);
        put("canary", body(route -> route.<ObjectNode>without("key").put("weight", 10))).statusCode(200)
                .body("weight", equalTo(10)).body("key", nullValue());

        put("anns", body(route -> route.put("owner", "bob@laptop"))).statusCode(409)
                .body("error", equalTo("The route anns belongs to ann@laptop"));
        put("bobs", body(route -> route.put("owner", "bob@laptop"))).statusCode(409)
                .body("error", equalTo("checkout is already intercepted with the key ann, by the route anns of ann@laptop"));
        put("other", body(route -> route.<ObjectNode>without("key").put("weight", 1))).statusCode(409)
                .body("error", equalTo("checkout already has a canary, the route canary of ann@laptop"));

        put("bobs", body(route -> route.put("owner", "bob@laptop").put("key", "bob"))).statusCode(200);
        put("currency", body(route -> route.put("service", "currency"))).statusCode(200);
    }

    @Test
    void shouldHaveRoomForAFixedNumberOfRoutes() {
        confirms(listening("checkout", "one"));
        for (int i = 0; i < Routes.MAX_ROUTES; i++) {
            var key = "key-" + i;
            put(key, body(route -> route.put("key", key))).statusCode(200);
        }
        put("more", body(route -> route)).statusCode(409).body("error", equalTo("There are 50 routes, and no more are possible"));
        put("key-7", body(route -> route.put("key", "key-7"))).statusCode(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{} | Missing required field: service",
            "[] | The body must be a JSON object",
            "{ | The body must be a JSON object",
            "{\"service\":7} | service must be a text of 1 to 100 visible characters",
            "{\"service\":\"nowhere\"} | There is no service nowhere",
            "{\"service\":\"checkout\"} | Missing required field: url"})
    void shouldRefuseWhatIsNoRoute(String body, String sentence) {
        listening("checkout", "one");
        put("a", body).statusCode(400).body("error", equalTo(sentence));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "url | \"localhost:1\" | url must be http or https with a host, and without a path",
            "url | \"http://localhost:1/path\" | url must be http or https with a host, and without a path",
            "url | \"http://localhost:1?a\" | url must be http or https with a host, and without a path",
            "url | \"http://a@localhost:1\" | url must be http or https with a host, and without a path",
            "url | \"file:///etc/passwd\" | url must be http or https with a host, and without a path",
            "url | \"http://localhost:65536\" | url must be http or https with a host, and without a path",
            "key | \"a b\" | key has 1 to 40 characters of A-Z a-z 0-9 . _ -",
            "key | \"\" | key must be a text of 1 to 100 visible characters",
            "key | null | A route has either a weight or a key",
            "weight | 10 | A route has either a weight or a key",
            "weight | 0 | weight must be an integer from 1 to 100",
            "weight | 101 | weight must be an integer from 1 to 100",
            "weight | 1.5 | weight must be an integer from 1 to 100",
            "mirror | 1 | mirror must be true or false",
            "owner | null | Missing required field: owner",
            "owner | \"a\\u0007\" | owner must be a text of 1 to 100 visible characters",
            "lease_seconds | 31 | lease_seconds must be an integer from 1 to 30",
            "lease_seconds | 0 | lease_seconds must be an integer from 1 to 30"})
    void shouldRefuseABadValue(String name, String value, String sentence) throws IOException {
        listening("checkout", "one");
        var bad = JSON.readTree(value);
        put("a", body(route -> route.set(name, bad))).statusCode(400).body("error", equalTo(sentence));
        given().get("/api/routes").then().body("routes", empty());
    }

    @Test
    void shouldRefuseEventsWithoutAKey() {
        listening("checkout", "one");
        put("a", body(route -> route.<ObjectNode>without("key").put("weight", 10).put("events", true))).statusCode(400)
                .body("error", equalTo("Only a route with a key can have events"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "instabook"})
    void shouldSayWhyAnEdgeCannotBeIntercepted(String edge) {
        listening(edge, "one");
        put("a", body(route -> route.put("service", edge))).statusCode(400).body("error",
                equalTo(edge + " cannot be intercepted: it is called by browsers and programs, and they use no routes"));
        put("a", body(route -> route.<ObjectNode>without("key").put("service", edge).put("weight", 10).put("lease_seconds", 1)))
                .statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "a_b", "a%20b", "a234567890123456789012345678901234567890x"})
    void shouldRefuseAnIdOfOtherCharacters(String id) {
        given().urlEncodingEnabled(false).contentType("application/json").body(body(route -> route)).put("/api/routes/" + id).then()
                .statusCode(400).body("error", equalTo("The id of a route has 1 to 40 characters of a-z 0-9 -"));
    }

    @Test
    void shouldLetNoPageOfAnotherOriginChangeRoutes() {
        listening("checkout", "one");
        var foreign = Map.of("Origin", "http://evil.example");
        given().headers(foreign).contentType("application/json").body(body(route -> route)).put("/api/routes/a").then().statusCode(403);
        given().headers(foreign).delete("/api/routes/a").then().statusCode(403);
        given().contentType("text/plain").body(body(route -> route)).put("/api/routes/a").then().statusCode(415);
    }
}
