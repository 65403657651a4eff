package org.debugshop.console.failures;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.debugshop.console.failures.CacheStandIn.cache;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.oneOf;

import com.github.tomakehurst.wiremock.http.Fault;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.concurrent.CopyOnWriteArrayList;
import org.debugshop.console.pages.Live;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(CacheStandIn.class)
class FailuresResourceTest {

    private static final String TOKEN = "/api/failures/instabook-token";
    private static final String WANTED = "The body must be {\"active\": true} or {\"active\": false}, with a number as strength where one is possible";

    @TestHTTPResource
    URI base;
    @Inject
    Live live;
    @Inject
    AdminClient admin;

    @BeforeEach
    @AfterEach
    void cacheIsWell() {
        CacheStandIn.isWell();
    }

    @Test
    void shouldListEachFailureWithItsStateAndWhereItShows() {
        given().get("/api/failures").then().statusCode(200).body("[0].id", equalTo("instabook-token"))
                .body("[0].active", equalTo(false)).body("[0].error", nullValue()).body("[0].title", notNullValue())
                .body("[0].symptom.service", equalTo("instabook")).body("[0].symptom.metric", equalTo("instabook_cache_errors_total"))
                .body("[0].symptom.labels", hasEntry("error_type", "auth_failure"))
                .body("[0].hints.size()", equalTo(3)).body("[0].answer", containsString("instabook-cache"))
                .body("[0].services", contains("instabook-cache")).body("[0].admin_url", containsString("/admin"))
                .body("[0].switch", nullValue()).body("[0].toggle", nullValue());
        cache.verify(1, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldSetTheSwitchAndResetIt() {
        for (boolean active : new boolean[]{true, true, false, false}) {
            put("{\"active\":" + active + "}").statusCode(200).body("id", equalTo("instabook-token")).body("active", equalTo(active));
            given().get(TOKEN).then().statusCode(200).body("active", equalTo(active)).body("error", nullValue());
            given().get("/api/failures").then().body("[0].active", equalTo(active));
        }
        cache.verify(4, postRequestedFor(urlEqualTo("/admin/token")).withoutHeader("Origin").withoutHeader("Authorization"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "true", "[]", "{}", "{\"active\":null}", "{\"active\":\"true\"}", "{\"active\":1}",
            "{\"active\":true", "active=true",
            "{\"active\":true,\"force\":true}", "{\"active\":true,\"strength\":null}", "{\"active\":true,\"active\":false}",
            "{\"active\":true} {}", "{\"Active\":true}",
            "[{\"active\":true}]"})
    void shouldRefuseAnInvalidBodyAndChangeNothing(String body) {
        put(body).statusCode(400).body("error", equalTo(WANTED));

        cache.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void shouldRefuseWhatIsNotJsonAndOtherMethods() {
        given().contentType("text/plain").body("{\"active\":true}").put(TOKEN).then().statusCode(415).body("error", notNullValue());
        given().contentType("application/json").body("{\"active\":true}").post(TOKEN).then().statusCode(405).body("error", notNullValue());
        given().contentType("application/json").body("x".repeat(300_000)).put(TOKEN).then().statusCode(413).body("error", notNullValue());
        cache.verify(0, anyRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such", "INSTABOOK-TOKEN", "instabook-token%20", "%00", "..%2Fx"})
    void shouldNotFindAnUnknownFailure(String id) {
        for (var answer : new ValidatableResponse[]{request().get("/api/failures/" + id).then(),
                request().body("{\"active\":true}").put("/api/failures/" + id).then()}) {
            answer.statusCode(oneOf(404, 400)).body("error", notNullValue());
        }
        given().get("/api/failures/no-such").then().statusCode(404).body("error", equalTo("Failure not found"));
        cache.verify(0, anyRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @CsvSource({"401, instabook-cache asks for an ADMIN_PASSWORD other than the console's",
            "403, instabook-cache refuses the console (403)",
            "500, instabook-cache answered 500", "404, instabook-cache answered 404", "302, instabook-cache answered 302"})
    void shouldReportWhatTheCacheAnswered(int status, String sentence) {
        CacheStandIn.answers(status);

        isUnknown(502, sentence);
    }

    @Test
    void shouldReportThatAServiceHasNoAdminUrl() {
        assertThatThrownBy(() -> admin.get("gateway", "/token").await().indefinitely()).isInstanceOf(HttpError.class)
                .hasMessage("There is no gateway in this system");
    }

    @Test
    void shouldSayThatAFaultOfTheLauncherNeedsOne() {
        var why = "Only the launcher of ./shop up can switch it, and none listens to this console";
        request().body("{\"active\":true}").put("/api/failures/bad-canary").then().statusCode(502).body("error", equalTo(why));
        given().get("/api/failures/bad-canary").then().statusCode(200).body("active", equalTo(false)).body("instances.size()", equalTo(0));
    }

    @Test
    void shouldReportThatTheCacheIsUnreachableOrUnreadable() {
        CacheStandIn.answers(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
        isUnknown(502, "instabook-cache is unreachable");
        for (String body : new String[]{"<html>", "", "{\"enabled\":", "{\"other\":true}", "[]"}) {
            CacheStandIn.answers(okJson(body));
            isUnknown(502, "instabook-cache gave an answer that cannot be read");
        }
        CacheStandIn.answers(okJson("{\"enabled\":true,\"more\":\"" + "x".repeat(AdminClient.MAX_BYTES) + "\"}"));
        isUnknown(502, "instabook-cache gave an answer that cannot be read");
    }

    @Test
    void shouldNotWaitForACacheThatHangs() {
        CacheStandIn.answers(okJson("{\"enabled\":true}").withFixedDelay(60_000));
        put("{\"active\":true}").statusCode(504).body("error", equalTo("instabook-cache did not answer in time"));
        CacheStandIn.answers(okJson("{\"enabled\":true}").withChunkedDribbleDelay(10, 60_000));
        given().get(TOKEN).then().statusCode(200).body("active", nullValue()).body("error",
                equalTo("instabook-cache did not answer in time"));

        CacheStandIn.isWell();
        given().get(TOKEN).then().statusCode(200).body("active", equalTo(false));
    }

    @Test
    void shouldRefuseAPageOfAnotherOriginAndChangeNothing() {
        for (String site : new String[]{"cross-site", "same-site"}) {
            isForeign(request().header("Sec-Fetch-Site", site));
        }
        for (String origin : new String[]{"http://evil.example", "null", "http://localhost:1", "https://localhost"}) {
            isForeign(request().header("Origin", origin));
        }
        isForeign(request().header("Origin", "http://evil.example").header("Sec-Fetch-Site", "same-origin"));
        isForeign(request().header("Host", "evil.example").header("Origin", "http://evil.example"));
        cache.verify(0, anyRequestedFor(anyUrl()));
        given().header("Origin", "http://evil.example").get("/api/failures").then().statusCode(200)
                .header("Access-Control-Allow-Origin", nullValue());
    }

    @Test
    void shouldLetItsOwnPagesChangeIt() {
        request().header("Origin", "http://" + base.getAuthority()).header("Sec-Fetch-Site", "same-origin").body("{\"active\":true}")
                .put(TOKEN).then()
                .statusCode(200).body("active", equalTo(true));

        cache.verify(postRequestedFor(urlEqualTo("/admin/token")).withoutHeader("Origin"));
        cache.verify(getRequestedFor(urlEqualTo("/admin/token/changes")));
    }

    @Test
    void shouldDescribeItself() {
        given().queryParam("format", "json").get("/q/openapi").then().statusCode(200)
                .body("paths.'/api/failures/{id}'.put.responses.keySet()", hasItems("200", "400", "403", "404", "502", "504"))
                .body("paths.'/api/failures/{id}'.put.requestBody.content.'application/json'.schema", notNullValue())
                .body("components.schemas.Failure.properties.active", notNullValue());
    }

    /** Asserts that reading reports why the state is unknown, and that changing answers with the status. */
    private static void isUnknown(int status, String sentence) {
        given().get(TOKEN).then().statusCode(200).body("active", nullValue()).body("error", equalTo(sentence));
        given().get("/api/failures").then().statusCode(200).body("[0].active", nullValue()).body("[0].error", equalTo(sentence));
        put("{\"active\":true}").statusCode(status).body("error", equalTo(sentence)).body("error", not(containsString("secret")));
    }

    private static void isForeign(RequestSpecification request) {
        request.body("{\"active\":true}").put(TOKEN).then().statusCode(403).body("error", notNullValue());
    }

    private static RequestSpecification request() {
        return given().urlEncodingEnabled(false).contentType("application/json");
    }

    private static ValidatableResponse put(String body) {
        return request().body(body).put(TOKEN).then();
    }

    @Test
    void shouldNotifyOpenPagesOfAChangedSwitch() {
        var words = new CopyOnWriteArrayList<String>();
        var listening = live.changes().subscribe().with(change -> words.addAll(change.changed()));
        put("{\"active\":true}").statusCode(200);
        await().until(() -> words.contains("failures"));
        listening.cancel();
    }
}
