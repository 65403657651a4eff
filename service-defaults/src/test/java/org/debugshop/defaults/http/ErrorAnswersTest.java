package org.debugshop.defaults.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ErrorAnswersTest {

    @TestHTTPResource
    URI base;

    @Test
    void shouldAnswerAnUnknownPathWithJsonEvenToABrowser() {
        given().accept("text/html").get("/nowhere").then().statusCode(404)
                .contentType("application/json").body("error", equalTo("There is nothing at this path"));
    }

    @Test
    void shouldAnswerAWrongMethodWith405() {
        hasError(given().delete("/echo/order").then().statusCode(405), "This method is not allowed here");
    }

    @Test
    void shouldAnswerAWrongContentTypeWith415() {
        hasError(given().contentType("text/plain").body("{}").post("/echo/order").then().statusCode(415),
                "The body must be application/json");
        hasError(given().contentType("application/xml").body("<a/>").post("/echo/tree").then().statusCode(415),
                "The body must be application/json");
    }

    @Test
    void shouldAnswerUnreadableJsonWith400() {
        for (var body : new String[]{"{", "nope", "[1,2", "{\"product_id\":1}}", "\u0000", "{\"product_id\":1e}"}) {
            hasError(post("/echo/order", body).statusCode(400), "The body is not the JSON that is expected here");
        }
        hasError(post("/echo/tree", "{\"a\":").statusCode(400), "The body is not the JSON that is expected here");
    }

    @Test
    void shouldRefuseJsonThatIsNestedTooDeeply() throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var answer = client.send(HttpRequest.newBuilder(base.resolve("/echo/tree")).header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("[".repeat(5_000))).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode() + " " + answer.body())
                    .isEqualTo("400 {\"error\":\"The body is not the JSON that is expected here\"}");
        }
    }

    @Test
    void shouldNotAcceptAFractionOrATextAsAnInteger() {
        for (var value : new String[]{"1.5", "\"1\"", "true", "[]", "1.0", "99999999999"}) {
            post("/echo/order", "{\"product_id\":" + value + "}").statusCode(400);
        }
    }

    @Test
    void shouldAnswerAPathParameterOfTheWrongTypeWithAnError() {
        hasError(given().get("/echo/int/one").then().statusCode(404), "There is nothing at this path");
    }

    @Test
    void shouldAnswerAnAddressOverTheLimitWith414() {
        hasError(given().get("/echo/int/1?" + "a".repeat(5_000)).then().statusCode(414), "The address is longer than 4096 characters");
    }

    @Test
    void shouldAnswerHeadersOverTheLimitWith431() {
        hasError(given().header("X", "a".repeat(20_000)).get("/echo/int/1").then().statusCode(431), "The headers are larger than 16 KiB");
        given().header("X", "a".repeat(15_000)).get("/echo/int/1").then().statusCode(200);
    }

    @Test
    void shouldAnswerABodyOverTheLimitWith413() {
        hasError(post("/echo/tree", "\"" + "a".repeat(256 * 1024) + "\"").statusCode(413), "The body is larger than 256 KiB");
        post("/echo/tree", "\"" + "a".repeat(256 * 1024 - 2) + "\"").statusCode(200);
    }

    @Test
    void shouldReadABodyUpToTheLimitOnTheEventLoopToo() {
        for (var length : new int[]{2, 10_238, 10_239, 30_000, 256 * 1024}) {
            var body = "\"" + "a".repeat(length - 2) + "\"";
            post("/echo/tree-on-the-event-loop", body).statusCode(200).body(equalTo(body));
        }
    }

    @Test
    void shouldNotWaitForAnEmptyBody() throws Exception {
        given().contentType("application/json").post("/echo/tree").then().statusCode(204);
        try (var client = HttpClient.newHttpClient()) {
            var answer = client.send(HttpRequest.newBuilder(base.resolve("/echo/tree")).header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[0]))).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(204);
        }
    }

    @Test
    void shouldAnswerAChunkedBodyOverTheLimitWith413() throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var body = ("\"" + "a".repeat(300 * 1024) + "\"").getBytes(StandardCharsets.UTF_8);
            var answer = client.send(HttpRequest.newBuilder(base.resolve("/echo/tree")).header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(answer.body()).contains("larger than 256 KiB");
        }
    }

    @Test
    void shouldNotRevealInternalErrors() {
        given().get("/echo/broken").then().statusCode(500).contentType("application/json")
                .body("error", equalTo("Internal server error")).body(not(containsString("secret")));
    }

    @Test
    void shouldKeepTheSentenceOfARefusal() {
        hasError(given().get("/echo/refused").then().statusCode(401), "No more patience");
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json").body(body).post(path).then();
    }

    private static void hasError(ValidatableResponse answer, String sentence) {
        answer.contentType("application/json").body("error", equalTo(sentence)).body("size()", equalTo(1));
    }
}
