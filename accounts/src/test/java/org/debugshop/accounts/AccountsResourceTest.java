package org.debugshop.accounts;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.accounts.Client.PASSWORD;
import static org.debugshop.accounts.Client.auth;
import static org.debugshop.accounts.Client.awaitReady;
import static org.debugshop.accounts.Client.basic;
import static org.debugshop.accounts.Client.login;
import static org.debugshop.accounts.Client.newName;
import static org.debugshop.accounts.Client.post;
import static org.debugshop.accounts.Client.signUp;
import static org.debugshop.accounts.Client.token;
import static org.hamcrest.Matchers.blankOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.trace.StatusCode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Postgres.class)
class AccountsResourceTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Inject
    Telemetry telemetry;

    private final String name = newName();

    @BeforeEach
    void isReady() {
        awaitReady();
    }

    @Test
    void shouldReturnItsStatus() {
        given().get("/").then().statusCode(200).body(equalTo("{\"service\":\"Accounts Service\",\"status\":\"UP\"}"));
    }

    @Test
    void shouldAddAUser() {
        var user = signUp(name).statusCode(201).body("username", equalTo(name)).body("email", equalTo(name + "@example.com"))
                .body("created_at", matchesPattern("20\\d\\d-.*Z")).body("size()", equalTo(4)).extract().jsonPath();

        assertThat(UUID.fromString(user.getString("id"))).isNotNull();
        given().get("/users/" + name).then().statusCode(200).body("id", equalTo(user.getString("id"))).body("username", equalTo(name))
                .body("created_at", equalTo(user.getString("created_at"))).body("size()", equalTo(3));
        signUp(name).statusCode(409).body(equalTo("{\"error\":\"Username is taken\"}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody-has-this", "me!", "%00", "Ab", "..."})
    void shouldNotFindAnUnknownUser(String username) {
        given().urlEncodingEnabled(false).get("/users/" + username).then().statusCode(404).body("error", equalTo("User not found"));
    }

    @Test
    void shouldAddOneOfManyUsersWithTheSameNameAtOnce() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            var statuses = threads.invokeAll(IntStream.range(0, 8)
                    .<Callable<Integer>>mapToObj(_ -> () -> signUp(name).extract().statusCode()).toList()).stream()
                    .map(answer -> answer.resultNow()).toList();
            assertThat(statuses).containsOnly(201, 409).containsOnlyOnce(201);
        }
        login(name, PASSWORD).statusCode(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", value = {
            "username | null                    | Missing required field: username",
            "username | 1                       | username must be a text",
            "username | \"ab\"                    | username must be 3 to 64 characters of a-z, 0-9, '.', '_' and '-'",
            "username | \"Alice\"                 | username must be 3 to 64 characters of a-z, 0-9, '.', '_' and '-'",
            "username | \"a b c\"                 | username must be 3 to 64 characters of a-z, 0-9, '.', '_' and '-'",
            "username | \"älice\"                 | username must be 3 to 64 characters of a-z, 0-9, '.', '_' and '-'",
            "password | null                    | Missing required field: password",
            "password | 12345678                | password must be a text",
            "password | \"1234567\"               | password must have 8 to 128 characters",
            "password | \"12345678\\ud800\"       | password must not contain U+0000 or half a surrogate pair",
            "email    | null                    | Missing required field: email",
            "email    | \"example.com\"           | email must be an address of at most 254 characters",
            "email    | \"a@b@example.com\"       | email must be an address of at most 254 characters",
            "email    | \"a b@example.com\"       | email must be an address of at most 254 characters",
            "email    | \"a@example.com\\u0000\"  | email must not contain U+0000 or half a surrogate pair"})
    void shouldRefuseAnInvalidField(String field, String value, String sentence) {
        var fields = new HashMap<>(Map.of("username", "\"" + name + "\"", "password", "\"12345678\"", "email", "\"a@example.com\""));
        fields.put(field, value == null ? "null" : value);
        var body = "{"
                + String.join(",", fields.entrySet().stream().map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue()).toList())
                + "}";

        post("/users", body).statusCode(400).body("error", equalTo(sentence));
        post("/users", body.replaceFirst("\"" + field + "\":[^,}]*,?", "").replace(",}", "}")).statusCode(400)
                .body("error", equalTo("Missing required field: " + field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "1", "\"username\"", "{}"})
    void shouldRefuseABodyWithoutFields(String body) {
        post("/users", body).statusCode(400).body("error", equalTo("Missing required field: username"));
        post("/login", body).statusCode(400).body("error", equalTo("Missing required field: username"));
    }

    @Test
    void shouldAcceptTheLongestNameAndPasswordButNoLongerOnes() {
        var longest = (name + "x".repeat(64)).substring(0, 64);
        var password = "ä".repeat(128);
        var email = "a@" + "b".repeat(252);
        post("/users", Map.of("username", longest, "password", password, "email", email)).statusCode(201);
        login(longest, password).statusCode(200);

        post("/users", Map.of("username", longest + "x", "password", password, "email", email)).statusCode(400);
        post("/users", Map.of("username", newName(), "password", password + "x", "email", email)).statusCode(400);
        post("/users", Map.of("username", newName(), "password", password, "email", email + "x")).statusCode(400);
    }

    /** bcrypt itself ignores what follows 72 bytes, and a zero byte ends a password. */
    @Test
    void shouldTellPasswordsApartThatDifferOnlyAtTheirEnd() {
        var password = "x".repeat(127);
        post("/users", Map.of("username", name, "password", password + "y", "email", "a@example.com")).statusCode(201);

        login(name, password + "z").statusCode(401);
        login(name, password).statusCode(401);
        login(name, password + "y").statusCode(200);
    }

    @Test
    void shouldReturnATokenWithTheClaimsOfTheUser() throws IOException {
        var id = signUp(name).extract().<String>path("id");

        var answer = login(name, PASSWORD).statusCode(200).header("Cache-Control", "no-store").body("token_type", equalTo("Bearer"))
                .body("expires_in", equalTo(3600)).body("size()", equalTo(3)).extract().<String>path("token");

        var header = part(answer, 0);
        var claims = part(answer, 1);
        assertThat(header.path("alg").asText()).isEqualTo("ES256");
        assertThat(claims.path("iss").asText()).isEqualTo("debug-shop");
        assertThat(claims.path("sub").asText()).isEqualTo(id);
        assertThat(claims.path("upn").asText()).isEqualTo(name);
        assertThat(claims.path("groups")).extracting(JsonNode::asText).containsExactly("user");
        assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(3600);
        given().get("/.well-known/jwks.json").then().statusCode(200).contentType("application/json")
                .header("Cache-Control", "public, max-age=60")
                .body("keys.find { it.kid == '" + header.path("kid").asText() + "' }.alg", equalTo("ES256"))
                .body("keys.use", equalTo(List.of("sig"))).body("keys.d", equalTo(Collections.singletonList(null)));
    }

    private static JsonNode part(String token, int index) throws IOException {
        return JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[index]));
    }

    @Test
    void shouldReturnTheCallersOwnRecord() {
        var user = signUp(name).extract().asString();

        given().header("Authorization", "Bearer " + token(name)).get("/users/me").then().statusCode(200).body(equalTo(user))
                .header("Cache-Control", "no-store");
        given().auth().preemptive().basic(name, PASSWORD).get("/users/me").then().statusCode(200).body(equalTo(user));
        given().get("/users/me").then().statusCode(401).header("WWW-Authenticate", matchesPattern("Bearer .*, Basic .*"));
    }

    @Test
    void shouldRefuseAWrongPasswordAndAnUnknownUserWithTheSameAnswer() {
        signUp(name);
        var wrong = answer(login(name, PASSWORD + "!"));
        var unknown = answer(login(newName(), PASSWORD));

        assertThat(wrong).isEqualTo(unknown).contains("401", "{\"error\":\"Wrong username or password\"}", "Bearer realm=\"debug-shop\"");
        assertThat(answer(basic(name, PASSWORD + "!"))).isEqualTo(answer(basic(newName(), PASSWORD)))
                .contains("401", "{\"error\":\"Wrong username or password\"}");
    }

    private static String answer(ValidatableResponse answer) {
        return answer.extract().statusCode() + " " + answer.extract().headers() + " " + answer.extract().asString();
    }

    /** Hashes are never compared for a name that no user can have, so it has to be made up for. */
    @ParameterizedTest
    @ValueSource(strings = {"", "x", "UPPER", "\u0001", "x:y", "ä"})
    void shouldRefuseANameThatNoUserCanHave(String username) {
        login(username, PASSWORD).statusCode(401).body("error", equalTo("Wrong username or password"));
    }

    @Test
    void shouldLimitFailedLoginsOfAUser() {
        var other = newName();
        signUp(name);
        signUp(other);
        for (var i = 0; i < 5; i++) {
            login(name, "wrong password " + i).statusCode(401);
            basic(name, "another wrong one " + i).statusCode(401);
        }

        login(name, PASSWORD).statusCode(429).body("error", equalTo("Too many failed logins of this user; try again later"))
                .header("Retry-After", matchesPattern("[1-9]|[1-5]\\d|60"));
        basic(name, PASSWORD).statusCode(429).header("Retry-After", not(blankOrNullString()));
        login(other, PASSWORD).statusCode(200);
    }

    @Test
    void shouldLimitFailedLoginsAtOnce() throws Exception {
        signUp(name);
        try (var threads = Executors.newFixedThreadPool(16)) {
            var statuses = threads.invokeAll(IntStream.range(0, 40)
                    .<Callable<Integer>>mapToObj(i -> () -> login(name, "wrong password " + i).extract().statusCode())
                    .toList()).stream().map(answer -> answer.resultNow()).toList();
            // A slow machine may refuse some for the moment.
            assertThat(statuses).contains(429).filteredOn(status -> status != 503).containsOnly(401, 429)
                    .filteredOn(status -> status == 401).hasSizeLessThanOrEqualTo(10);
        }
    }

    @Test
    void shouldExposeItsFailedLogins() {
        signUp(name);
        var before = failures();
        login(name, PASSWORD).statusCode(200);
        login(name, "wrong password").statusCode(401);
        basic(name, "wrong password").statusCode(401);
        login(newName(), PASSWORD).statusCode(401);

        assertThat(failures()).isEqualTo(Map.of("wrong_password", before.get("wrong_password") + 2,
                "unknown_user", before.get("unknown_user") + 1, "too_many_failures", before.get("too_many_failures")));
    }

    private static Map<String, Double> failures() {
        return given().get("/metrics").then().statusCode(200).extract().asString().lines()
                .filter(line -> line.startsWith("shop_login_failures_total{")).collect(Collectors.toMap(
                        line -> line.replaceFirst(".*outcome=\"(\\w+)\".*", "$1"),
                        line -> Double.valueOf(line.replaceFirst(".*\\} (\\S+).*", "$1"))));
    }

    @Test
    void shouldLetAUserLogInOftenAtOnce() throws Exception {
        signUp(name);
        try (var threads = Executors.newFixedThreadPool(16)) {
            var statuses = threads.invokeAll(IntStream.range(0, 40)
                    .<Callable<Integer>>mapToObj(i -> () -> (i % 2 == 0 ? login(name, PASSWORD) : basic(name, PASSWORD))
                            .extract().statusCode())
                    .toList()).stream().map(answer -> answer.resultNow()).toList();
            assertThat(statuses).containsOnly(200);
        }
    }

    @Test
    void shouldAllowARequestWithATokenOrAPassword() {
        var id = signUp(name).extract().<String>path("id");
        for (var answer : List.of(auth(token(name)), basic(name, PASSWORD))) {
            answer.statusCode(200).header("X-User-Id", id).header("X-User-Name", name).header("Cache-Control", "no-store")
                    .body(equalTo(""));
        }
    }

    /** Envoy asks with the method and the path of the request that it wants to pass on, and without its body. */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
    void shouldTakeAnyMethodAndPathBelowAuth(String method) {
        signUp(name);
        var token = token(name);
        for (var path : List.of("/auth", "/auth/", "/auth/api/v1/order/create?x=/../users/me")) {
            given().header("Authorization", "Bearer " + token).request(method, path).then().statusCode(200).header("X-User-Name", name);
            given().request(method, path).then().statusCode(401);
        }
        given().header("Authorization", "Bearer " + token).get("/authority").then().statusCode(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'' | Missing Authorization header", "' ' | Missing Authorization header",
            "Bearer | Invalid Authorization header format", "Digest abc | Invalid Authorization header format",
            "Basic %%% | Invalid Authorization header format", "Basic YWJj | Invalid Authorization header format",
            "Bearer a b | Invalid Authorization header format", "Bearer abc | The token is not valid",
            "Bearer a.b.c | The token is not valid", "Bearer ..... | The token is not valid"})
    void shouldRefuseAnInvalidHeader(String header, String sentence) {
        given().header("Authorization", header).get("/auth").then().statusCode(401).body("error", equalTo(sentence))
                .header("WWW-Authenticate", matchesPattern("Bearer realm=\"debug-shop\"(, error=\"invalid_token\")?"
                        + ", Basic realm=\"debug-shop\", charset=\"UTF-8\""));
    }

    @Test
    void shouldRefuseTwoHeaders() {
        signUp(name);
        given().header("Authorization", "Bearer " + token(name), "Bearer " + token(name)).get("/auth").then().statusCode(401)
                .body("error", equalTo("Invalid Authorization header format"));
    }

    @Test
    void shouldTakeTheSchemeInAnyCase() {
        signUp(name);
        var basic = Base64.getEncoder().encodeToString((name + ":" + PASSWORD).getBytes(UTF_8));
        given().header("Authorization", "bEARER  " + token(name)).get("/auth").then().statusCode(200);
        given().header("Authorization", "bASIC " + basic).get("/auth").then().statusCode(200);
    }

    /** A browser would open a window for a password, whatever the script does with the answer. */
    @Test
    void shouldNotAskAScriptOfAPageForAPassword() {
        given().header("Sec-Fetch-Mode", "cors").get("/auth").then().statusCode(401).header("WWW-Authenticate",
                "Bearer realm=\"debug-shop\"");
        given().header("Sec-Fetch-Mode", "navigate").get("/auth").then().statusCode(401)
                .header("WWW-Authenticate", matchesPattern(".*Basic.*"));
    }

    @Test
    void shouldRecordWhyCredentialsWereRefused() {
        signUp(name);
        assertThat(failure("Basic " + base64(name + ":wrong password"))).isEqualTo("wrong_password");
        assertThat(failure("Basic " + base64(newName() + ":wrong password"))).isEqualTo("unknown_user");
        assertThat(failure("Bearer abc")).isEqualTo("invalid_token");
        assertThat(failure("Digest abc")).isEqualTo("invalid_header");
        assertThat(failure("")).isEqualTo("missing_credentials");
    }

    private String failure(String header) {
        var trace = UUID.randomUUID().toString().replace("-", "");
        given().header("traceparent", "00-" + trace + "-b7ad6b7169203331-01").header("Authorization", header).get("/auth").then()
                .statusCode(401);
        var span = telemetry.request(trace);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getEvents()).filteredOn(event -> event.getName().equals("shop.failure")).hasSize(1);
        return span.getAttributes().get(RefusedAnswers.AUTH_FAILURE);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    @Test
    void shouldRecordTheUser() {
        var id = signUp(name).extract().<String>path("id");
        var trace = UUID.randomUUID().toString().replace("-", "");
        given().header("traceparent", "00-" + trace + "-b7ad6b7169203331-01").header("Authorization", "Bearer " + token(name)).get("/auth");

        var span = telemetry.request(trace);
        assertThat(span.getAttributes().get(AccountsResource.USER_ID)).isEqualTo(id);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(span.getName()).isEqualTo("GET /auth");
    }

    @Test
    void shouldNotGiveTheTokenOfAnotherUserAfterALoginAtTheSameTime() throws Exception {
        var names = List.of(newName(), newName(), newName());
        names.forEach(Client::signUp);
        try (var threads = Executors.newFixedThreadPool(6)) {
            var answers = threads.invokeAll(IntStream.range(0, 30).<Callable<List<String>>>mapToObj(
                    i -> () -> List.of(names.get(i % 3), auth(token(names.get(i % 3))).extract().header("X-User-Name"))).toList());
            assertThat(answers).allSatisfy(answer -> assertThat(answer.resultNow().getFirst()).isEqualTo(answer.resultNow().getLast()));
        }
    }

    @Test
    void shouldAnswerErrorsAsJson() {
        given().get("/no/such/path").then().statusCode(404).body("error", not(blankOrNullString()));
        given().delete("/login").then().statusCode(405).body("error", not(blankOrNullString()));
        post("/login", "{").statusCode(400).body("error", not(blankOrNullString()));
        given().contentType("text/plain").body("x").post("/users").then().statusCode(415).body("error", not(blankOrNullString()));
        given().get("/users/me").then().header("X-User-Id", nullValue());
    }
}
