package org.debugshop.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.debugshop.launcher.console.ConsoleClient;
import org.debugshop.launcher.sandbox.ConsoleStandIn;
import org.debugshop.launcher.sandbox.Sandbox;
import org.debugshop.launcher.sandbox.Sandbox.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that send requests to the console, with various answers. */
class ConsoleCommandsTest {

    private static final String ID = "0af7651916cd43dd8448eb211c80319c";
    private static final String TOKEN = "/api/failures/instabook-token";

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
    }

    @AfterEach
    void cleanUp() throws IOException, InterruptedException {
        console.close();
        sandbox.close();
    }

    @Test
    void shouldListTheFailuresAndShowWhyAStateIsUnknown() throws Exception {
        console.answers("GET /api/failures", 200, "[" + failure("null", "instabook-cache is\\u001b[2J unreachable") + "]");
        assertThat(run("failures")).returns(0, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                .containsPattern("instabook-token +unknown").contains("The state is unknown: instabook-cache is?[2J unreachable.")
                .doesNotContain("The answer");
        assertThat(run("heal")).returns(1, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                .contains("shop: Cannot determine what is broken: instabook-cache is?[2J unreachable.");

        console.close();
        assertThat(run("failures", "--json")).returns(0, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                .startsWith("[{").contains("\"id\":\"instabook-token\"", "\"active\":null", "is not up; ./shop up starts everything.");
        for (var command : new String[]{"break", "heal"}) {
            assertThat(run(command, "instabook-token")).returns(1, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                    .isEqualToIgnoringNewLines(
                            "shop: The console at http://localhost:%d is not up; ./shop up starts everything.".formatted(8090 + offset));
        }
    }

    @Test
    void shouldChangeASwitchOnlyIfItIsNotInThatState() throws Exception {
        console.answers("GET " + TOKEN, 200, failure("false", ""));
        console.answers("GET /api/failures", 200, "[" + failure("false", "") + "]");
        assertThat(run("heal").out()).isEqualToIgnoringNewLines("Nothing is broken.");
        assertThat(run("heal", "instabook-token").out()).isEqualToIgnoringNewLines("instabook-token is not broken.");
        assertThat(console.requests()).noneMatch(request -> request.startsWith("PUT"));

        console.answers("PUT " + TOKEN, 200, failure("true", ""));
        assertThat(run("break", "instabook-token")).returns(0, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                .startsWith("Broke instabook-token.").contains("instabook_cache_errors_total{error_type=\"auth_failure\"}",
                        "./shop trace --error --port-offset " + offset, "http://localhost:" + (8090 + offset))
                .doesNotContain("switched off");
        assertThat(console.requests()).contains("PUT " + TOKEN + " {\"active\":true}");

        assertThat(run("heal", "instabook-token")).returns(0, Outcome::code);
        console.answers("GET /api/failures", 200, "[" + failure("true", "") + "]");
        assertThat(run("heal")).as("switched back at once by another user").returns(1, Sandbox.Outcome::code)
                .extracting(Sandbox.Outcome::out).asString()
                .contains("The switch of instabook-token was changed, but it is still broken");
    }

    @Test
    void shouldRefuseAStrengthThatAFaultCannotHave() throws Exception {
        assertThat(run("break", "payment-declined", "--strength", "1.5")).returns(2, Sandbox.Outcome::code)
                .extracting(Sandbox.Outcome::out).asString()
                .contains("payment-declined cannot have the strength 1.5. ", "(share): 0.05 to 1.");
        assertThat(run("break", "payment-declined", "--strength", "NaN")).returns(2, Sandbox.Outcome::code);
        assertThat(run("break", "instabook-token", "--strength", "0.5")).returns(2, Sandbox.Outcome::code)
                .extracting(Sandbox.Outcome::out).asString().contains("instabook-token is either on or off; it has no strength.");
        assertThat(console.requests()).isEmpty();
    }

    @Test
    void shouldSuggestARequestThatShowsTheFailure() throws Exception {
        var id = "/api/failures/event-loop";
        console.answers("GET " + id, 200, controlled("false", "true", "null"));
        console.answers("PUT " + id, 200, controlled("true", "true", "null"));
        assertThat(run("break", "event-loop").out()).as("no request fails")
                .contains("./shop trace --service checkout --port-offset " + offset)
                .doesNotContain("--error");
    }

    @Test
    void shouldSayOnHowManyInstancesAFaultIsOnAndWhichHaveNotConfirmedIt() throws Exception {
        var id = "/api/failures/payment-declined";
        console.answers("GET " + id, 200, controlled("false", "true", "null"));
        console.answers("PUT " + id, 200, controlled("true", "true", "null"));
        assertThat(run("break", "payment-declined", "--strength", "0.5")).returns(0, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out)
                .asString().startsWith("Broke payment-declined on 2 of 2 instances.");
        assertThat(console.requests()).contains("PUT " + id + " {\"active\":true,\"strength\":0.5}");
        console.answers("GET /api/failures", 200, "[" + controlled("true", "true", "null") + "]");
        assertThat(run("failures").out()).contains("(active on 2 of 2 instances)");
        assertThat(run("failures", "payment-declined").out()).contains("Active on      2 of 2 instances of payments.",
                "The share (share): 0.05 to 1, default 0.3, now 0.5.");

        console.answers("PUT " + id, 200, controlled("null", "false", "\"No \\u001b[2Jdatabase\""));
        assertThat(run("break", "payment-declined")).returns(1, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                .contains("shop: Only 1 of 2 instances of payment-declined confirmed it in time:",
                        "payments two did not: No ?[2Jdatabase")
                .doesNotContain("payments one");

        console.answers("GET /api/failures", 200, "[" + controlled("null", "false", "null") + "]");
        console.answers("PUT " + id, 200, controlled("false", "true", "null"));
        assertThat(run("heal")).returns(0, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                .isEqualToIgnoringNewLines("Healed payment-declined.");
    }

    /** Returns a fault that the console switches in two instances, of which the second may not have confirmed it. */
    private static String controlled(String active, String confirmed, String problem) {
        return """
                {"id":"payment-declined","topic":"errors","title":"Some payments fail","simulates":"s",
                "symptom":{"text":"t","service":"payments","metric":"m","labels":{}},
                "strength":{"means":"The share","unit":"share","default":0.3,"min":0.05,"max":1,"now":0.5},
                "hints":["h"],"answer":"The answer","services":["payments"],"instances":[
                {"service":"payments","instance":"one","confirmed":true,"problem":null},
                {"service":"payments","instance":"two","confirmed":%s,"problem":%s}],"active":%s,"error":null}"""
                .formatted(confirmed, problem, active);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            502 | {"error":"instabook-cache is unreachable"} | shop: instabook-cache is unreachable.
            401 | {"error":"x"}      | shop: The console asks for a password: set ADMIN_PASSWORD for this command as it was for ./shop up.
            404 | {"error":"Failure not found"} | shop: Failure not found.
            500 | <html>             | is not a console: 500.
            302 | ""                 | is not a console: 302.
            200 | <html>             | is not a console of this version.
            200 | ""                 | is not a console of this version.
            """)
    void shouldReportTheConsolesError(int status, String body, String sentence) throws Exception {
        console.answers("GET " + TOKEN, status, body);

        assertThat(run("break", "instabook-token")).returns(1, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                .startsWith("shop: ").contains(sentence).doesNotContain("Exception").hasLineCount(1);
    }

    @Test
    void shouldShowOneHintAtATimeAndTheAnswerOnRequest() throws Exception {
        assertThat(run("failures", "instabook-token", "--hint", "1").out()).startsWith("Hint 1 of 3: ").contains("--hint 2")
                .doesNotContain("shop.auth.failure");
        assertThat(run("failures", "instabook-token", "--hint", "3").out()).startsWith("Hint 3 of 3: ").contains("--answer");
        assertThat(run("failures", "instabook-token").out()).contains("instabook-token is unknown").doesNotContain("switched off");
        assertThat(run("failures", "instabook-token", "--answer").out()).contains("switched off").hasLineCount(1);
    }

    @Test
    void shouldShowTheNewestTrace() throws Exception {
        console.answers("GET /api/traces", 200,
                "{\"traces\":[{\"trace_id\":\"%s\",\"start\":\"2026-05-01T10:00:00Z\",\"duration_us\":1}],\"cursor\":\"x\"}".formatted(ID));
        var json = """
                {"trace_id":"%s","spans":[{"span_id":"1","parent_span_id":null,"service":"a","name":"root","start":"2026-05-01T10:00:00Z","duration_us":1500}],"logs":[]}"""
                .formatted(ID);
        console.answers("GET /api/traces/" + ID, 200, json);

        assertThat(run("trace")).returns(0, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                .startsWith("Trace " + ID).contains("   0.0     1.5  a root").endsWith("No span of it failed.\n");
        assertThat(run("trace", ID, "--json").out()).isEqualTo(json + "\n");
        assertThat(run("trace", "--json").out()).isEqualTo(json + "\n");

        console.answers("GET /api/traces/" + ID, 200, "{\"spans\":[]}");
        assertThat(run("trace", ID)).returns(1, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                .contains("is not a console of this version");
    }

    @Test
    void shouldReportThatThereIsNoTrace() throws Exception {
        console.answers("GET /api/traces", 200, "{\"traces\":[],\"cursor\":null}");

        assertThat(run("trace").out()).isEqualTo("shop: The console has no trace. Send a request, and it will.\n");
        assertThat(run("trace", "--error", "--service", "checkout").out())
                .isEqualTo("shop: The console has no failed trace of checkout. Nothing has failed lately.\n");
        assertThat(run("trace", "--service", "chekout").out()).contains("Did you mean checkout?");
        assertThat(run("trace", ID)).returns(1, Sandbox.Outcome::code)
                .returns("shop: The console has no trace " + ID + "; it keeps the newest only.\n", Sandbox.Outcome::out);
        console.close();
        for (var option : new String[]{"--error", "--follow"}) {
            assertThat(run("trace", option)).returns(1, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                    .contains("is not up");
        }
    }

    @Test
    void shouldSendThePasswordToTheConsole() throws Exception {
        console.answers("GET " + TOKEN, 200, failure("false", ""));

        assertThat(new ConsoleClient("http://localhost:" + (8090 + offset), Optional.of("pässword:1")).failure("instabook-token").active())
                .isFalse();

        assertThat(console.requests()).containsExactly("GET " + TOKEN + "  Basic YWRtaW46cMOkc3N3b3JkOjE=");
        console.answers("GET " + TOKEN, 401, "{}");
        assertThatThrownBy(() -> new ConsoleClient("http://localhost:" + (8090 + offset), Optional.of("wrong")).failure("instabook-token"))
                .hasMessage("The console asks for a password: ADMIN_PASSWORD is not the one that ./shop up had.");
    }

    private Sandbox.Outcome run(String command, String... more) throws IOException, InterruptedException {
        var line = new String[more.length + 3];
        line[0] = command;
        line[1] = "--port-offset";
        line[2] = Integer.toString(offset);
        System.arraycopy(more, 0, line, 3, more.length);
        return sandbox.run(line);
    }

    private static String failure(String active, String error) {
        return """
                {"id":"instabook-token","topic":"errors","title":"Bookings fail","simulates":"s","symptom":{"text":"t","service":"instabook","metric":"m","labels":{}},
                "hints":["h"],"answer":"The answer","active":%s,"error":%s,"added_later":{}}"""
                .formatted(active, error.isEmpty() ? null : "\"" + error + "\"");
    }
}
