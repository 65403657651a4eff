package org.debugshop.instabookcache;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(InMemoryTelemetry.class)
class SessionResourceTest {

    private static final String ACCENTS_AND_EMOJI = "é".repeat(64) + "😀".repeat(64);

    @Inject
    TokenSwitch tokenSwitch;

    @BeforeEach
    void turnOn() {
        tokenSwitch.change(Optional.of(true), "test").await().indefinitely();
    }

    @Test
    void shouldStoreASessionAndReadItAgain() {
        var stored = post(session("s-1").toString()).then().statusCode(201).contentType("application/json")
                .body("id", equalTo("s-1")).body("user_id", equalTo("user-1")).body("booking_id", equalTo("booking-1"))
                .body("status", equalTo("active")).body("data.room", equalTo("suite"))
                .body("created_at", matchesPattern("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z"))
                .body("size()", equalTo(6)).extract().asString();
        assertThat(get("s-1").then().statusCode(200).contentType("application/json").extract().asString()).isEqualTo(stored);
    }

    @Test
    void shouldReplaceASessionOfTheSameId() {
        post(session("s-2").toString()).then().statusCode(201);
        post(session("s-2").put("status", "cancelled").toString()).then().statusCode(201);
        get("s-2").then().statusCode(200).body("status", equalTo("cancelled"));
    }

    @Test
    void shouldSetTheTimeItselfAndDropUnknownMembers() {
        post(session("s-3").put("created_at", "yesterday").put("card_number", "1234").toString()).then().statusCode(201)
                .body("created_at", matchesPattern("\\d{4}-.*Z")).body("size()", equalTo(6));
    }

    @Test
    void shouldAnswer404ForAnUnknownSession() {
        get("unknown").then().statusCode(404).contentType("application/json").body("error", equalTo("Session not found"));
        get("x".repeat(3_000)).then().statusCode(404).body("error", equalTo("Session not found"));
    }

    @Test
    void shouldAcceptIdsOfOneTo128Characters() {
        for (var id : List.of("x", "x".repeat(128), ACCENTS_AND_EMOJI, "a/b", "a b", "a;b", "a%2Fb", "a?b#c")) {
            post(session(id).toString()).then().statusCode(201);
            get(id).then().statusCode(200).body("id", equalTo(id));
        }
    }

    @Test
    void shouldRefuseASessionWithAMemberMissingNullEmptyTooLongOrOfTheWrongType() {
        for (var name : List.of("id", "user_id", "booking_id", "status")) {
            isInvalid(session("s").without(name).toString());
            for (var value : List.of("null", "\"\"", "1", "true", "{}", "[\"s\"]", "\"" + "x".repeat(129) + "\"", "\"\\ud800\"")) {
                isInvalid(with(name, value));
            }
        }
        isInvalid(session("s").without("data").toString());
        isInvalid(with("data", "null"));
        isInvalid(with("data", "{\"note\":\"half a pair: \\ud800\"}"));
        for (var body : List.of("{}", "[]", "null", "\"s\"", "1", "[" + session("s") + "]")) {
            isInvalid(body);
        }
        isInvalid("");
    }

    @Test
    void shouldAcceptAnyJsonAsDataUpTo64KiB() {
        for (var value : List.of("{}", "[]", "\"text\"", "0", "1.50", "false", "{\"a\":{\"b\":[1,2,null]}}",
                "\"" + "x".repeat(64 * 1024 - 2) + "\"")) {
            var stored = with("data", value);
            post(stored).then().statusCode(201).body(containsString("\"data\":" + value + "}"));
        }
        isInvalid(with("data", "\"" + "x".repeat(64 * 1024 - 1) + "\""));
        isInvalid(with("data", "\"" + "é".repeat(32 * 1024 - 1) + "x\""));
    }

    @Test
    void shouldNotWriteANumberWithALargeExponentInFull() {
        var numbers = "[" + "1e9999,".repeat(8_000) + "1]";
        var answer = post(with("data", numbers)).then().statusCode(201).extract().asString();
        assertThat(answer.substring(answer.indexOf("\"data\":") + 7).length() - 1).isEqualTo(numbers.length() + 8_000);
    }

    @Test
    void shouldRefuseABodyThatIsNotJsonOrTooLarge() {
        for (var unreadable : List.of("{\"id\":", "x", "{} {}", "[".repeat(2_000), with("data", "9".repeat(2_000)))) {
            isInvalid(unreadable);
        }
        authorized().contentType("text/plain").body("x").post("/cache/session").then().statusCode(415).body("error",
                equalTo("The body must be application/json"));
        post("\"" + "x".repeat(257 * 1024) + "\"").then().statusCode(413).body("error", equalTo("The body is larger than 256 KiB"));
        authorized().delete("/cache/session").then().statusCode(405).body("error", equalTo("This method is not allowed here"));
        authorized().get("/cache/nothing").then().statusCode(404).body("error", equalTo("There is nothing at this path"));
    }

    private static void isInvalid(String body) {
        post(body).then().statusCode(400).contentType("application/json").body("error", equalTo("Invalid session data")).body("size()",
                equalTo(1));
    }

    private static io.restassured.response.Response post(String body) {
        return authorized().contentType("application/json").body(body).post("/cache/session");
    }

    private static io.restassured.response.Response get(String id) {
        return authorized().get("/cache/session/{id}", id);
    }

    private static RequestSpecification authorized() {
        return given().header("Authorization", "Bearer instabook-secret-token-2024");
    }

    private static ObjectNode session(String id) {
        var session = new ObjectMapper().createObjectNode()
                .put("id", id).put("user_id", "user-1").put("booking_id", "booking-1").put("status", "active");
        session.putObject("data").put("room", "suite");
        return session;
    }

    /** A session with one member replaced by a piece of JSON. */
    private static String with(String name, String json) {
        var rest = session("s-with").without(name).toString();
        return "{\"" + name + "\":" + json + "," + rest.substring(1);
    }
}
