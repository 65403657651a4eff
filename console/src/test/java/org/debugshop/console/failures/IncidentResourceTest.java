package org.debugshop.console.failures;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.console.failures.CacheStandIn.cache;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.client.WireMock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.debugshop.console.controls.Instance;
import org.debugshop.console.failures.IncidentGame.Closeness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plays games in which only the cache's switch, or payments that this test plays, can be broken. */
@QuarkusTest
@QuarkusTestResource(CacheStandIn.class)
class IncidentResourceTest {

    private static final String GAME = "/api/incident";
    private static final String GUESSES = GAME + "/guesses";
    private static final String SECRET = "An incident game is running; ./shop incident --give-up ends it";

    @TestHTTPResource("/")
    String url;
    @Inject
    ObjectMapper mapper;

    @BeforeEach
    @AfterEach
    void endTheGame() {
        CacheStandIn.isWell();
        json().delete(GAME);
        cache.resetRequests();
    }

    @Test
    void shouldBreakSomethingWithoutShowingWhat() {
        start("{\"seed\":42}").statusCode(200).body("state", equalTo("running")).body("seed", equalTo(42)).body("answer", nullValue())
                .body("guesses", empty()).body("components", hasItems("instabook-cache", "payments", "gateway", "none"))
                .body("kinds", hasItems("errors", "load"));

        cache.verify(1, WireMock.postRequestedFor(WireMock.anyUrl()));
        given().get("/api/faults").then().statusCode(200).body("active", everyItem(nullValue())).body("error", everyItem(equalTo(SECRET)))
                .body("instances.flatten()", empty()).body("strength.findAll { it != null }.now", everyItem(nullValue()));
        given().get("/api/faults/instabook-token").then().body("active", nullValue()).body("error", equalTo(SECRET));
        json().body("{\"active\":false}").put("/api/faults/instabook-token").then().statusCode(409).body("error", equalTo(SECRET));
        given().get(GAME).then().statusCode(200).body("state", equalTo("running")).body("answer", nullValue())
                .body("toString()", not(containsString("instabook-token")));
    }

    @Test
    void shouldSayHowCloseEachGuessIsAndEndWithTheRightOne() {
        start("{}").statusCode(200);

        guess("none", "errors").statusCode(200).body("guesses[-1].closeness", equalTo("elsewhere")).body("answer", nullValue());
        guess("instabook", "errors").body("guesses[-1].closeness", equalTo("on_path")).body("state", equalTo("running"));
        guess("instabook-cache", "latency").body("guesses[-1].closeness", equalTo("right_component")).body("answer", nullValue());
        cache.verify(1, WireMock.postRequestedFor(WireMock.anyUrl()));
        guess("instabook-cache", "errors").statusCode(200).body("state", equalTo("solved"))
                .body("guesses.closeness", contains("elsewhere", "on_path", "right_component", "right"))
                .body("answer.id", equalTo("instabook-token")).body("answer.component", equalTo("instabook-cache"))
                .body("answer.kind", equalTo("errors")).body("answer.path", contains("instabook-cache", "instabook"))
                .body("answer.hints.size()", equalTo(3)).body("answer.sources[0]", notNullValue())
                .body("answer.symptom.metric", equalTo("instabook_cache_errors_total")).body("seconds", notNullValue());

        given().get("/api/faults/instabook-token").then().body("active", equalTo(false)).body("error", nullValue());
        given().get(GAME).then().body("state", equalTo("solved")).body("answer.id", equalTo("instabook-token"));
        guess("instabook-cache", "errors").statusCode(404).body("error", equalTo("No incident game is running"));
    }

    @Test
    void shouldHealAndShowTheAnswerToAPlayerWhoGivesUp() {
        start("{}").statusCode(200);
        json().delete(GAME).then().statusCode(200).body("state", equalTo("given_up")).body("answer.id", equalTo("instabook-token"));

        given().get("/api/faults/instabook-token").then().body("active", equalTo(false));
        json().delete(GAME).then().statusCode(404).body("error", equalTo("No incident game is running"));
        start("{}").statusCode(200).body("state", equalTo("running")).body("guesses", empty());
    }

    @Test
    void shouldChooseAFaultThatInstancesConfirm() {
        try (var payments = new Instance(url.replaceFirst("/$", ""), "payments", "one")) {
            payments.awaitEvent("{\"faults\":{}}");
            payments.report("{\"faults\":{\"payment-declined\":0}}");
            CacheStandIn.answers(500);
            for (var game = 0; game < 2; game++) {
                payments.confirmsOnce("{\"faults\":{\"payment-declined\":0.3}}", "{\"faults\":{\"payment-declined\":0.3}}");
                start("{\"seed\":7}").statusCode(200);
                payments.confirmsOnce("{\"faults\":{}}", "{\"faults\":{\"payment-declined\":0}}");
                json().delete(GAME).then().statusCode(200).body("seed", equalTo(7)).body("answer.id", equalTo("payment-declined"));
            }
        }
        await().until(() -> given().get("/api/faults/payment-declined").then().extract().<List<?>>path("instances").isEmpty());
    }

    @Test
    void shouldTryTheFaultsInAnOrderThatTheSeedDecides() {
        var faults = List.of("a", "b", "c", "d", "e", "f");
        assertThat(IncidentGame.shuffled(faults, 7)).containsExactlyInAnyOrderElementsOf(faults)
                .isEqualTo(IncidentGame.shuffled(faults, 7));
        assertThat(LongStream.range(0, 50).mapToObj(seed -> IncidentGame.shuffled(faults, seed).getFirst())).contains("a", "b", "c", "d",
                "e", "f");
    }

    @Test
    void shouldNotStartASecondGameOrOneInABrokenSystem() {
        start("{}").statusCode(200);
        start("{}").statusCode(409).body("error", equalTo(SECRET));
        json().delete(GAME).then().statusCode(200);

        json().body("{\"active\":true}").put("/api/faults/instabook-token").then().statusCode(200);
        start("{}").statusCode(409).body("error", equalTo("Something is broken already; heal it first"));
        given().get("/api/faults/instabook-token").then().body("active", equalTo(true));
    }

    @Test
    void shouldReportThatNothingCanBeBroken() {
        CacheStandIn.answers(500);
        start("{}").statusCode(502).body("error", equalTo("No fault can be switched on"));

        CacheStandIn.isWell();
        start("{}").statusCode(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[] | The body must be a JSON object", "{ | The body must be a JSON object",
            "{\"seed\":\"7\"} | The seed must be an integer", "{\"seed\":1.5} | The seed must be an integer",
            "{\"seed\":99999999999999999999} | The seed must be an integer"})
    void shouldRefuseAnInvalidStart(String body, String sentence) {
        start(body).statusCode(400).body("error", equalTo(sentence));
        cache.verify(0, WireMock.postRequestedFor(WireMock.anyUrl()));
    }

    @Test
    void shouldRefuseInvalidGuesses() {
        start("{}").statusCode(200);
        guess("instabook-cash", "errors").statusCode(400).body("error", containsString("The component must be one of "));
        guess("instabook-cache", "error").statusCode(400).body("error", containsString("The kind must be one of errors, "));
        json().body("{\"component\":\"gateway\"}").post(GUESSES).then().statusCode(400).body("error", containsString("The body must be"));
        given().get(GAME).then().body("guesses", empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "guess", "give up"})
    void shouldRefuseAPageOfAnotherOrigin(String what) {
        start("{}").statusCode(200);
        var foreign = json().header("Origin", "http://evil.example").header("Sec-Fetch-Site", "cross-site");
        var answer = switch (what) {
            case "start" -> foreign.body("{}").post(GAME);
            case "guess" -> foreign.body("{\"component\":\"instabook-cache\",\"kind\":\"errors\"}").post(GUESSES);
            default -> foreign.delete(GAME);
        };
        answer.then().statusCode(403).body("error", notNullValue());
        given().get(GAME).then().body("state", equalTo("running")).body("guesses", empty());
    }

    @Test
    void shouldKnowNeighboursOtherNamesAndThatNothingMayBeAtFault() throws Exception {
        var cache = mapper.readTree("{\"component\":\"cache\",\"kind\":\"lock\",\"path\":[\"cache\",\"booking\"],\"also\":[\"redis\"]}");
        var calls = Set.of(List.of("booking", "cache"), List.of("other", "cache"), List.of("redis", "disk"), List.of("far", "away"));
        assertThat(IncidentGame.closeness(cache, "redis", "lock", calls)).isEqualTo(Closeness.RIGHT);
        assertThat(IncidentGame.closeness(cache, "booking", "lock", calls)).isEqualTo(Closeness.ON_PATH);
        assertThat(IncidentGame.closeness(cache, "other", "lock", calls)).isEqualTo(Closeness.ONE_HOP);
        assertThat(IncidentGame.closeness(cache, "disk", "lock", calls)).isEqualTo(Closeness.ONE_HOP);
        assertThat(IncidentGame.closeness(cache, "far", "lock", calls)).isEqualTo(Closeness.ELSEWHERE);
        assertThat(IncidentGame.closeness(cache, "none", "lock", calls)).isEqualTo(Closeness.ELSEWHERE);

        JsonNode nothing = mapper.readTree("{\"component\":null,\"kind\":\"load\",\"path\":[]}");
        assertThat(IncidentGame.closeness(nothing, "none", "load", calls)).isEqualTo(Closeness.RIGHT);
        assertThat(IncidentGame.closeness(nothing, "none", "errors", calls)).isEqualTo(Closeness.RIGHT_COMPONENT);
        assertThat(IncidentGame.closeness(nothing, "cache", "load", calls)).isEqualTo(Closeness.ELSEWHERE);
    }

    private static RequestSpecification json() {
        return given().contentType("application/json");
    }

    private static ValidatableResponse start(String body) {
        return json().body(body).post(GAME).then();
    }

    private static ValidatableResponse guess(String component, String kind) {
        return json().body("{\"component\":\"" + component + "\",\"kind\":\"" + kind + "\"}").post(GUESSES).then();
    }
}
