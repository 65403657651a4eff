package org.debugshop.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.debugshop.launcher.sandbox.ConsoleStandIn;
import org.debugshop.launcher.sandbox.Sandbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./shop why} with a console whose answers the test sets. */
class WhyCommandTest {

    private static final String ANSWER = "{\"time\":\"2026-05-01T10:00:00Z\",\"state\":\"%s\",\"sentence\":\"%s\",\"incidents\":[%s],\"added_later\":1}";
    private static final String INCIDENT = """
            {"id":"7","active":%s,"began":"%s","ended":%s,"sentence":"Orders\\u001b[2J fail.","symptoms":[
            {"component":"gateway","operation":null,"measure":"errors","before":0,"now":0.26,"unit":"share","requests":120,
            "began":"2026-05-01T10:00:00Z","sentence":"One of four POST /checkout fails, before none"}],
            "suspects":[{"component":"checkout","type":"service","kind":"errors","confidence":0.8,"sentence":"It cannot connect.",
            "path":["checkout","gateway"],"evidence":[{"sentence":"All fail.","supports":true,"link":"/traces"},
            {"sentence":"Only orders in EUR.","supports":false,"link":null}]},
            {"component":null,"type":"load","kind":"load","confidence":0.1,"sentence":"The load rose.","path":[],"evidence":[]}],
            "common":[{"attribute":"currency","value":"EUR","failing":31,"of_failing":31,"good":4,"of_good":300}],
            "changes":[{"at":"2026-05-01T10:00:00Z","component":"ads","sentence":"ads 1.1.0 started","cause":false,"reason":"its requests are good"}],
            "next":["Look at the log."],"traces":["0af7651916cd43dd8448eb211c80319c"]}""";
    private static final String ENDED = INCIDENT.formatted("false", "2026-05-01T10:00:00Z", "\"2026-05-01T10:05:00Z\"");

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
    void shouldShowTheActiveIncidentWithSuspectsEvidenceAndWhatToCheck() throws Exception {
        var active = INCIDENT.formatted("true", Instant.now().minusSeconds(125), "null");
        console.answers("GET /api/incidents", 200, ANSWER.formatted("failing", "Orders fail.", active + "," + ENDED));

        var why = sandbox.run(offset, "why");

        assertThat(why.code()).isZero();
        assertThat(why.out()).containsOnlyOnce("Orders?[2J fail.")
                .containsPattern("Since (\\S+ )?\\d\\d:\\d\\d:\\d\\d, for 2 min \\d+ s\\.")
                .contains("""
                        What users see
                          - One of four POST /checkout fails, before none

                        Suspects
                        1. checkout, confidence 80 %: It cannot connect.
                           path     checkout -> gateway
                           for      All fail.
                           against  Only orders in EUR.
                        2. the load, confidence 10 %: The load rose.

                        What the failing requests have in common
                          - currency=EUR: 31 of 31 failing requests, 4 of 300 good ones

                        What else changed
                        """, "ads 1.1.0 started: not the cause, its requests are good", "  - Look at the log.",
                        "An example: ./shop trace 0af7651916cd43dd8448eb211c80319c --port-offset " + offset,
                        "With links: http://localhost:" + (8090 + offset) + "/incidents/7");
    }

    @Test
    void shouldSayThatNothingFailsAndWhatFailedLast() throws Exception {
        console.answers("GET /api/incidents", 200, ANSWER.formatted("healthy", "Nothing fails.", ""));
        assertThat(sandbox.run(offset, "why")).returns(0, Sandbox.Outcome::code).returns("Nothing fails.\n", Sandbox.Outcome::out);

        console.answers("GET /api/incidents", 200, ANSWER.formatted("learning", "Not enough data yet.", ENDED));
        assertThat(sandbox.run(offset, "why")).returns(0, Sandbox.Outcome::code).extracting(Sandbox.Outcome::out).asString()
                .startsWith("Not enough data yet.\n")
                .containsPattern("The last incident was from 2026-0\\S+ [0-9:]{8} to 2026-0\\S+ [0-9:]{8}: Orders")
                .doesNotContain("Suspects");
    }

    @Test
    void shouldPrintTheAnswerOfTheConsoleUnchanged() throws Exception {
        var answer = ANSWER.formatted("healthy", "Nothing fails.", ENDED);
        console.answers("GET /api/incidents", 200, answer);

        assertThat(sandbox.run(offset, "why", "--json")).returns(0, Sandbox.Outcome::code).returns(answer + "\n", Sandbox.Outcome::out);
    }

    @Test
    void shouldSayThatThereIsNoConsole() throws Exception {
        console.close();

        assertThat(sandbox.run(offset, "why")).returns(1, Sandbox.Outcome::code).returns(
                "shop: The console at http://localhost:%d is not up; ./shop up starts everything.%n".formatted(8090 + offset),
                Sandbox.Outcome::out);
    }
}
