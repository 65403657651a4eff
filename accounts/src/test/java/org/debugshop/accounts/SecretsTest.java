package org.debugshop.accounts;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.accounts.Client.awaitReady;
import static org.debugshop.accounts.Client.newName;
import static org.debugshop.accounts.Client.post;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.Test;

/** Passwords, tokens and e-mail addresses are in no log record, span, metric or error. */
@QuarkusTest
@QuarkusTestResource(Postgres.class)
class SecretsTest {

    @Inject
    Telemetry telemetry;

    /** What is logged, with its fields and the stack trace, before it is formatted. */
    private static final class Lines extends Handler implements AutoCloseable {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        private Lines() {
            Logger.getLogger("").addHandler(this);
        }

        @Override
        @SuppressWarnings("deprecation") // its replacement is a method of formatters, and this isn't one
        public void publish(LogRecord published) {
            var line = ExtLogRecord.wrap(published);
            var text = new java.io.StringWriter();
            if (line.getThrown() != null) {
                line.getThrown().printStackTrace(new java.io.PrintWriter(text));
            }
            lines.add(line.getFormattedMessage() + line.getMdcCopy() + text);
        }

        @Override
        public void flush() {
            // nothing is buffered
        }

        @Override
        public void close() {
            Logger.getLogger("").removeHandler(this);
        }
    }

    @Test
    void shouldShowNoSecretAnywhere() {
        awaitReady();
        var name = newName();
        var password = "secret-" + UUID.randomUUID();
        var email = "mail-" + UUID.randomUUID() + "@example.com";
        var answers = new ArrayList<String>();
        var secrets = new ArrayList<>(List.of(password, email, email.substring(0, 20)));
        try (var lines = new Lines()) {
            var user = Map.of("username", name, "password", password, "email", email);
            post("/users", user).statusCode(201);
            answers.add(post("/users", user).statusCode(409).extract().asString());
            answers.add(
                    post("/users", Map.of("username", newName(), "password", password + "x".repeat(128), "email", email)).statusCode(400)
                            .extract().asString());
            answers.add(post("/users", Map.of("username", newName(), "password", password, "email", email + " ")).statusCode(400).extract()
                    .asString());
            answers.add(post("/users", "{\"username\":\"" + name + "\",\"password\":\"" + password + "\",\"email\":\"" + email + "\"")
                    .statusCode(400).extract().asString());
            var unquoted = "secret" + UUID.randomUUID().toString().replace("-", ""); // a single token for the parser
            secrets.add(unquoted);
            for (var path : List.of("/users", "/login")) {
                var trace = UUID.randomUUID().toString().replace("-", "");
                answers.add(given().contentType(ContentType.JSON).header("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
                        .body("{\"username\":\"" + name + "\",\"password\":" + unquoted + "}").post(path).then().statusCode(400).extract()
                        .asString());
                // Quarkus puts exceptions of the parser, which repeat the token, on the span as an event.
                telemetry.request(trace);
            }
            var token = post("/login", Map.of("username", name, "password", password)).statusCode(200).extract().<String>path("token");
            secrets.add(token);
            secrets.add(token.substring(token.lastIndexOf('.') + 1));
            answers.add(post("/login", Map.of("username", name, "password", password + "!")).statusCode(401).extract().asString());
            for (var header : List.of("Bearer " + token, "Bearer " + token + "x", "Bearer x" + token, "bearer, " + token)) {
                answers.add(given().header("Authorization", header).get("/auth").asString());
            }
            given().header("Authorization", "Bearer " + token).get("/users/me").then().statusCode(200);
            given().auth().preemptive().basic(name, password).get("/auth").then().statusCode(200);
            for (var i = 0; i < 10; i++) {
                answers.add(given().auth().preemptive().basic(name, password + i).get("/auth").asString());
            }
            answers.add(given().get("/metrics").asString());
            answers.add(given().get("/users/" + name).asString());
            answers.add(given().get("/.well-known/jwks.json").asString());

            assertThat(lines.lines).as("logs").anyMatch(line -> line.contains("wrong_password"))
                    .allSatisfy(line -> assertThat(line).doesNotContain(secrets));
        }
        assertThat(answers).as("errors and metrics").allSatisfy(answer -> assertThat(answer).doesNotContain(secrets));
        telemetry.awaitSpans("/auth");
        assertThat(telemetry.everything()).as("spans and records").anyMatch(text -> text.contains("wrong_password"))
                .anyMatch(text -> text.contains("insert into users")).allSatisfy(text -> assertThat(text).doesNotContain(secrets));
    }
}
