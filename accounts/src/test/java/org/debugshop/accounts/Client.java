package org.debugshop.accounts;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** Talks to the service as its users do. */
final class Client {

    static final String PASSWORD = "correct horse battery";

    private Client() {}

    static void awaitReady() {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> given().get("/health/ready").then().statusCode(200));
    }

    /** Returns a username that nobody has. */
    static String newName() {
        return "u-" + UUID.randomUUID().toString().substring(0, 18);
    }

    static ValidatableResponse signUp(String username) {
        return post("/users", Map.of("username", username, "password", PASSWORD, "email", username + "@example.com"));
    }

    static ValidatableResponse login(String username, String password) {
        return post("/login", Map.of("username", username, "password", password));
    }

    static String token(String username) {
        return login(username, PASSWORD).statusCode(200).extract().path("token");
    }

    static ValidatableResponse post(String path, Object body) {
        return given().contentType("application/json").body(body).post(path).then();
    }

    static ValidatableResponse auth(String token) {
        return given().header("Authorization", "Bearer " + token).get("/auth").then();
    }

    static ValidatableResponse basic(String username, String password) {
        return given().auth().preemptive().basic(username, password).get("/auth").then();
    }
}
