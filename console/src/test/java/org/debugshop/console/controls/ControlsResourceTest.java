package org.debugshop.console.controls;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Switches a fault of payments whose instances this test plays. */
@QuarkusTest
class ControlsResourceTest {

    private static final String DECLINED = "/api/faults/payment-declined";
    private static final String HEALTHY = "{\"faults\":{}}";
    private static final String BROKEN = "{\"faults\":{\"payment-declined\":0.3}}";
    private static final String IS_BROKEN = "{\"faults\":{\"payment-declined\":0.3},\"problems\":{}}";
    private static final String IS_HEALTHY = "{\"faults\":{\"payment-declined\":0},\"problems\":{}}";

    @TestHTTPResource("/")
    String url;

    @Inject
    Controls controls;

    private final List<Instance> instances = new ArrayList<>();

    @AfterEach
    void leave() {
        instances.forEach(Instance::close);
        await().until(() -> given().get(DECLINED).then().extract().<List<?>>path("instances").isEmpty());
        put("{\"active\":false}");
    }

    private Instance instance(String name) {
        return instance("payments", name);
    }

    private Instance instance(String service, String name) {
        var instance = new Instance(url.replaceFirst("/$", ""), service, name);
        instances.add(instance);
        return instance;
    }

    @Test
    void shouldReturnOnceEachInstanceHasConfirmed() {
        var one = instance("one").awaitEvent(HEALTHY);
        var two = instance("two").awaitEvent(HEALTHY);
        var other = instance("checkout", "three").awaitEvent(HEALTHY);
        one.confirmsOnce(BROKEN, IS_BROKEN);
        two.confirmsOnce(BROKEN, IS_BROKEN);

        put("{\"active\":true}").statusCode(200).body("active", equalTo(true)).body("error", nullValue())
                .body("strength.now", equalTo(0.3f)).body("instances.instance", containsInAnyOrder("one", "two"))
                .body("instances.confirmed", contains(true, true));
        other.awaitEvent(HEALTHY);

        one.confirmsOnce(HEALTHY, IS_HEALTHY);
        two.confirmsOnce(HEALTHY, IS_HEALTHY);
        put("{\"active\":false}").statusCode(200).body("active", equalTo(false)).body("strength.now", nullValue());
    }

    @Test
    void shouldSayWhichInstancesHaveNotConfirmed() {
        instance("one").awaitEvent(HEALTHY).confirmsOnce(BROKEN, IS_BROKEN);
        instance("two").awaitEvent(HEALTHY).confirmsOnce(BROKEN, "{\"faults\":{},\"problems\":{\"payment-declined\":\"No database\"}}");

        put("{\"active\":true}").statusCode(200).body("active", nullValue()).body("error", equalTo("1 of 2 instances has confirmed it"))
                .body("instances.find { it.instance == 'two' }.confirmed", equalTo(false))
                .body("instances.find { it.instance == 'two' }.problem", equalTo("No database"));
    }

    @Test
    void shouldSendANewStrength() {
        var one = instance("one").awaitEvent(HEALTHY);
        one.confirmsOnce("{\"faults\":{\"payment-declined\":1.0}}", "{\"faults\":{\"payment-declined\":1}}");
        put("{\"active\":true,\"strength\":1}").statusCode(200).body("active", equalTo(true)).body("strength.now", equalTo(1f));
    }

    @Test
    void shouldTellAnInstanceThatComesLater() {
        instance("one").awaitEvent(HEALTHY).confirmsOnce(BROKEN, IS_BROKEN);
        put("{\"active\":true}").statusCode(200).body("active", equalTo(true));

        instance("two").awaitEvent(BROKEN);
        given().get(DECLINED).then().body("active", nullValue()).body("error", equalTo("1 of 2 instances has confirmed it"));
    }

    @Test
    void shouldForgetAnInstanceThatHasGone() {
        var one = instance("one").awaitEvent(HEALTHY);
        one.close();
        await().untilAsserted(() -> given().get(DECLINED).then().body("instances", empty()).body("active", equalTo(false)));
        assertThat(one.report(IS_HEALTHY)).isEqualTo(404);
        put("{\"active\":true}").statusCode(502).body("error", equalTo("No instance of payments listens to this console"));
        instance("two").awaitEvent(HEALTHY);
    }

    @Test
    void shouldEndTheFirstStreamOfAnInstanceThatListensTwice() {
        var first = instance("one").awaitEvent(HEALTHY);
        var second = instance("one").awaitEvent(HEALTHY);
        first.awaitEnd();
        given().get(DECLINED).then().body("instances.instance", contains("one"));
        assertThat(second.report(IS_HEALTHY)).isEqualTo(204);
        given().get(DECLINED).then().body("active", equalTo(false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"active\":true,\"strength\":2}", "{\"active\":true,\"strength\":0}", "{\"active\":true,\"strength\":-1}",
            "{\"active\":true,\"strength\":1e300}"})
    void shouldRefuseAStrengthThatIsNotAllowed(String body) {
        instance("one").awaitEvent(HEALTHY);
        put(body).statusCode(400).body("error", equalTo("The strength of payment-declined must be from 0.05 to 1 (share)"));
        given().get(DECLINED).then().body("strength.now", nullValue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"active\":false,\"strength\":1} | Only what is broken has a strength",
            "{\"active\":true,\"strength\":\"1\"} | The body must be {\"active\": true} or {\"active\": false}, with a number as strength where one is possible",
            "{\"strength\":1} | The body must be {\"active\": true} or {\"active\": false}, with a number as strength where one is possible"})
    void shouldRefuseAnotherBody(String body, String sentence) {
        put(body).statusCode(400).body("error", equalTo(sentence));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?service=payments", "?instance=one", "?service=&instance=one", "?service=payments&instance=%20"})
    void shouldRefuseAnInstanceWithoutAName(String query) {
        given().urlEncodingEnabled(false).get("/controls" + query).then().statusCode(400).body("error", notNullValue());
    }

    @ParameterizedTest
    @CsvSource({"Origin, http://evil.example", "Sec-Fetch-Mode, cors"})
    void shouldNotLetAPageListen(String header, String value) {
        given().header(header, value).get("/controls?service=payments&instance=page").then().statusCode(403)
                .body("error", equalTo("Only services listen here, no pages"));
    }

    @Test
    void shouldRefuseAReportThatIsTooLong() {
        var faults = IntStream.range(0, 300).mapToObj(i -> "\"f" + i + "\":1").collect(Collectors.joining(",", "{\"faults\":{", "}}"));
        assertThat(instance("one").awaitEvent(HEALTHY).report(faults)).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{\"faults\":7}", "{\"faults\":{\"a\":\"x\"}}", "{"})
    void shouldRefuseAReportThatIsNone(String body) {
        var one = instance("one").awaitEvent(HEALTHY);
        assertThat(one.report(body)).isEqualTo(400);
    }

    @Test
    void shouldRefuseMoreInstancesThanItHasRoomFor() {
        var others = IntStream.range(0, Controls.MAX_INSTANCES)
                .mapToObj(i -> controls.listen("other", "i" + i).subscribe().with(_ -> {})).toList();
        assertThat(instance("other", "more").status()).isEqualTo(503);
        others.forEach(Cancellable::cancel);
        instance("other", "more").awaitEvent(HEALTHY);
    }

    @Test
    void shouldAnswerUnderBothNames() {
        assertThat(given().get("/api/faults").asString()).isEqualTo(given().get("/api/failures").asString());
        given().get("/api/faultsx").then().statusCode(404);
        given().get("/api/faults/none").then().statusCode(404).body("error", equalTo("Failure not found"));
    }

    private static ValidatableResponse put(String body) {
        return given().contentType("application/json").body(body).put(DECLINED).then();
    }
}
