package org.debugshop.launcher.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.debugshop.launcher.sandbox.ConsoleStandIn;
import org.debugshop.launcher.sandbox.Sandbox;
import org.debugshop.launcher.sandbox.Signal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./shop incident} with a console whose answers the test sets. */
class IncidentCommandTest {

    private static final String GAME = "{\"seed\":7,\"state\":\"%s\",\"seconds\":65.2,\"components\":[\"checkout\",\"none\"],"
            + "\"kinds\":[\"errors\",\"latency\"],\"guesses\":[%s],\"answer\":%s}";
    private static final String FAR = "{\"component\":\"none\",\"kind\":\"errors\",\"closeness\":\"elsewhere\",\"sentence\":\"Far away.\"}";
    private static final String RIGHT = "{\"component\":\"checkout\",\"kind\":\"latency\",\"closeness\":\"right\",\"sentence\":\"That is it.\"}";
    private static final String ANSWER = "{\"id\":\"n-plus-one\",\"component\":\"checkout\",\"kind\":\"latency\",\"answer\":\"Too many calls.\","
            + "\"hints\":[\"Count the calls.\"],\"sources\":[\"Prices.java\"],"
            + "\"symptom\":{\"service\":\"checkout\",\"metric\":\"calls_total\",\"labels\":{\"to\":\"catalog\"}}}";

    @TempDir
    Path directory;

    private Sandbox sandbox;
    private int offset;
    private ConsoleStandIn console;

    @BeforeEach
    void prepare() throws IOException {
        sandbox = new Sandbox(directory);
        offset = sandbox.freeOffset();
        console = new ConsoleStandIn(8090 + offset);
        console.answers("POST /api/incident", 200, GAME.formatted("running", "", "null"));
        console.answers("DELETE /api/incident", 200, GAME.formatted("given_up", "", ANSWER));
    }

    @AfterEach
    void cleanUp() throws IOException, InterruptedException {
        console.close();
        sandbox.close();
    }

    @Test
    void shouldPlayUntilTheRightGuessAndShowTheAnswer() throws Exception {
        console.answers("POST /api/incident/guesses", 200, GAME.formatted("solved", FAR + "," + RIGHT, ANSWER));

        var output = play(0, "\n Checkout  latency\n", "--seed", "7");

        assertThat(output).contains("Something in the shop is broken", "(seed 7)", "Components   checkout, none", "That is it.",
                "Found after 1:05 minutes, with 2 guesses: checkout, latency (n-plus-one).", "Too many calls.",
                "calls_total{to=\"catalog\"} of checkout", "  - Count the calls.", "  Prices.java",
                "./shop incident --seed 7 --port-offset " + offset);
        assertThat(console.requests()).containsExactly("POST /api/incident {\"seed\":7}",
                "POST /api/incident/guesses {\"component\":\"checkout\",\"kind\":\"latency\"}");
    }

    @Test
    void shouldGoOnAfterAWrongOrImpossibleGuessAndHealAtTheEndOfTheInput() throws Exception {
        console.answers("POST /api/incident/guesses", 400, "{\"error\":\"The kind must be one of errors, latency\"}");

        assertThat(play(1, "checkout\n")).contains("The kind must be one of errors, latency", "Not found after 1:05 minutes",
                "Too many calls.");
        assertThat(console.requests()).endsWith("DELETE /api/incident");

        console.answers("POST /api/incident/guesses", 200, GAME.formatted("running", FAR, "null"));
        assertThat(play(1, "none errors\ngive up\nchaos errors\n")).contains("Far away.", "Not found");
        assertThat(console.requests()).endsWith("DELETE /api/incident");
    }

    @Test
    void shouldLetAProgramPlayWithLinesOfJson() throws Exception {
        console.answers("POST /api/incident/guesses", 200, GAME.formatted("running", FAR, "null"));

        assertThat(play(1, "{\"component\":\"none\",\"kind\":\"errors\"}\n{\"give_up\":true}\n", "--json").lines()).containsExactly(
                GAME.formatted("running", "", "null"), GAME.formatted("running", FAR, "null"), GAME.formatted("given_up", "", ANSWER));
        assertThat(console.requests().getFirst()).isEqualTo("POST /api/incident {}");
        assertThat(console.requests()).contains("POST /api/incident/guesses {\"component\":\"none\",\"kind\":\"errors\"}");

        console.answers("POST /api/incident/guesses", 400, "{\"error\":\"No such kind\"}");
        assertThat(play(1, "no json\n", "--json").lines()).contains("{\"error\":\"No such kind.\"}");
    }

    @Test
    void shouldHealWhenItIsInterrupted() throws Exception {
        var output = Files.createTempFile(directory, "output", ".txt");
        var game = sandbox.start(output, "incident", "--port-offset", Integer.toString(offset));
        await("the game has begun").atMost(60, SECONDS).until(() -> Files.readString(output).contains("give up"));
        Signal.INT.send(game.pid());

        assertThat(game.waitFor(60, SECONDS)).isTrue();
        assertThat(game.exitValue()).isEqualTo(130);
        assertThat(console.requests()).endsWith("DELETE /api/incident");
        assertThat(Files.readString(output)).contains("Too many calls.");
    }

    @Test
    void shouldEndAGameThatWasStartedElsewhere() throws Exception {
        assertThat(play(0, "", "--give-up")).contains("Not found", "Too many calls.");
        assertThat(console.requests()).containsExactly("DELETE /api/incident");

        console.answers("DELETE /api/incident", 404, "{\"error\":\"No incident game is running\"}");
        assertThat(play(1, "", "--give-up")).contains("shop: No incident game is running.");
    }

    @Test
    void shouldSayWhyAGameCannotStart() throws Exception {
        console.answers("POST /api/incident", 409, "{\"error\":\"Something is broken already; heal it first\"}");
        assertThat(play(1, "")).contains("shop: Something is broken already; heal it first.");
        assertThat(console.requests()).as("a game of another player goes on").containsExactly("POST /api/incident {}");
    }

    private String play(int code, String input, String... options) throws Exception {
        var output = Files.createTempFile(directory, "output", ".txt");
        var arguments = new ArrayList<>(List.of("incident", "--port-offset", Integer.toString(offset)));
        arguments.addAll(List.of(options));
        var game = sandbox.start(output, arguments.toArray(String[]::new));
        try (var in = game.getOutputStream()) {
            in.write(input.getBytes(UTF_8));
        } catch (IOException ended) {
            // It needs no input, or no more.
        }
        assertThat(game.waitFor(60, SECONDS)).isTrue();
        assertThat(game.exitValue()).as(Files.readString(output)).isEqualTo(code);
        return Files.readString(output);
    }
}
