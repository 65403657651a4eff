package org.debugshop.launcher.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import org.debugshop.launcher.console.ConsoleClient.Refusal;
import org.debugshop.launcher.console.ConsoleClient.Refusal.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Consoles that do not answer, or not completely. */
class ConsoleClientTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(100);

    @Test
    void shouldReportThatNothingListens() throws IOException {
        try (var bound = new Socket()) { // it reserves the port, but does not listen
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

            assertRefused(bound.getLocalPort(), LONG, Reason.NOT_UP, "is not up; ./shop up starts everything.", true);
        }
    }

    @Test
    void shouldReportATimeout() throws IOException {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(silent.getLocalPort(), SHORT, Reason.TOO_SLOW, "does not answer in time.", true);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                                        | CUT_OFF    | true
            'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~40~{"id":'   | CUT_OFF    | true
            'HTTP/1.1 200 OK~Content-Length: 6~~{"id":'               | UNREADABLE | false
            '220 mail.example.com ESMTP~'                             | UNREADABLE | false
            """)
    void shouldReportABadAnswerInsteadOfAMissingConsole(String answer, Reason reason, boolean absence) throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerAll(server, answer.replace("~", "\r\n")));

            assertRefused(server.getLocalPort(), LONG, reason,
                    reason == Reason.CUT_OFF ? "ended the connection before its answer was complete." : "is not a console", absence);
        }
    }

    private static void assertRefused(int port, Duration timeout, Reason reason, String sentence, boolean absence) {
        var client = new ConsoleClient("http://localhost:" + port, Optional.empty(), timeout);
        assertThatThrownBy(() -> client.failure("instabook-token")).hasMessageContainingAll("at http://localhost:" + port, sentence)
                .asInstanceOf(type(Refusal.class))
                .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(reason))
                .satisfies(refusal -> assertThat(refusal.isAbsence()).isEqualTo(absence));
    }

    /** Reads each request, as the client might try again, answers and closes the connection. */
    private static void answerAll(ServerSocket server, String answer) {
        while (!server.isClosed()) {
            try (var connection = server.accept(); var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8))) {
                for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                    // The headers of the request.
                }
                connection.getOutputStream().write(answer.getBytes(UTF_8));
            } catch (IOException closed) {
                // The test is over.
            }
        }
    }
}
