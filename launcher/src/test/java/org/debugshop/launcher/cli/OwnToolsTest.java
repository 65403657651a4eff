package org.debugshop.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.sandbox.InASandbox;
import org.debugshop.launcher.sandbox.Sandbox;
import org.debugshop.launcher.sandbox.Sandbox.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code ./shop up} beside an OpenTelemetry Collector or another receiver of OTLP. */
@Tag("nightly")
class OwnToolsTest extends InASandbox {

    private static final String ENDPOINT = "https://127.0.0.1:1/otlp";

    @BeforeEach
    void hideWhatTheUserHas() {
        for (var variable : List.of("FORWARD_OTLP_ENDPOINT", "FORWARD_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")) {
            sandbox.set(variable, "");
        }
    }

    private Outcome shop(String... arguments) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--port-offset", Integer.toString(offset)));
        return sandbox.run(all.toArray(String[]::new));
    }

    @Test
    void shouldKeepForwardingFromTheConsoleAfterARestartAndNotShowTheHeaders() throws Exception {
        sandbox.set("FORWARD_OTLP_HEADERS", "api-key=sec%2Cret");

        var up = shop("up", "-d", "--only", "gateway,console", "--otlp-endpoint", ENDPOINT + "/");
        assertThat(up).returns(0, Outcome::code);
        assertThat(up.out()).contains("telemetry is forwarded to   " + ENDPOINT);
        assertThat(shop("status").out()).contains("telemetry is forwarded to   " + ENDPOINT);
        assertThat(shop("restart", "console", "gateway")).returns(0, Outcome::code);
        assertThat(shop("start", "currency")).returns(0, Outcome::code);

        assertThat(sandbox.environmentOf(offset, "console")).contains("FORWARD_OTLP_ENDPOINT=" + ENDPOINT,
                "FORWARD_OTLP_HEADERS=api-key=sec%2Cret");
        for (var service : List.of("gateway", "currency")) {
            assertThat(sandbox.environmentOf(offset, service)).contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:" + (4318 + offset),
                    "OTEL_EXPORTER_OTLP_HEADERS=").noneMatch(variable -> variable.startsWith("FORWARD_OTLP_"));
        }
        var state = State.read(sandbox.instance(offset)).orElseThrow();
        assertThat(state.forwardedTo()).isEqualTo(ENDPOINT);
        assertThat(Files.readString(State.file(sandbox.instance(offset)))).doesNotContain("api-key", "ret\"");
        assertThat(OsProcess.commandLine(state.launcher().pid())).contains("--supervise").doesNotContain("api-key");
        assertThat(OsProcess.commandLine(sandbox.status(offset, "console").pid())).doesNotContain("api-key");
    }

    @Test
    void shouldUseTheStandardHeadersIfNoOthersAreGiven() throws Exception {
        sandbox.set("OTEL_EXPORTER_OTLP_HEADERS", "api-key=standard");
        sandbox.set("FORWARD_OTLP_ENDPOINT", "https://me:pass@127.0.0.1:1/otlp");

        assertThat(shop("up", "-d", "--only", "currency,console")).returns(0, Outcome::code);

        assertThat(sandbox.environmentOf(offset, "console")).contains("FORWARD_OTLP_ENDPOINT=" + ENDPOINT,
                "FORWARD_OTLP_HEADERS=Authorization=Basic bWU6cGFzcw==,api-key=standard", "OTEL_EXPORTER_OTLP_HEADERS=");
        assertThat(sandbox.environmentOf(offset, "currency")).contains("OTEL_EXPORTER_OTLP_HEADERS=");
    }

    @Test
    void shouldLetServicesSendToTheEndpointUntilThereIsAConsole() throws Exception {
        assertThat(shop("up", "-d", "--only", "currency", "--otlp-endpoint", ENDPOINT, "--otlp-header", "a=b")).returns(0, Outcome::code);
        assertThat(sandbox.environmentOf(offset, "currency")).contains("OTEL_EXPORTER_OTLP_ENDPOINT=" + ENDPOINT,
                "OTEL_EXPORTER_OTLP_HEADERS=a=b");

        assertThat(shop("start", "console").out()).contains("console ready", "past it until ./shop restart");
        assertThat(sandbox.environmentOf(offset, "console")).contains("FORWARD_OTLP_ENDPOINT=" + ENDPOINT, "FORWARD_OTLP_HEADERS=a=b");
        assertThat(shop("restart", "currency")).returns(0, Outcome::code);
        assertThat(sandbox.environmentOf(offset, "currency")).contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:" + (4318 + offset),
                "OTEL_EXPORTER_OTLP_HEADERS=");
    }

    @Test
    void shouldReportThatTheInstanceIsUpWithAnotherEndpoint() throws Exception {
        assertThat(shop("up", "-d", "--only", "console", "--otlp-endpoint", ENDPOINT)).returns(0, Outcome::code);

        assertThat(shop("up", "-d", "--only", "console", "--otlp-endpoint", ENDPOINT).out()).contains("Already up (",
                "forwarded to   " + ENDPOINT);
        assertThat(shop("up", "-d", "--only", "console")).returns(0, Outcome::code);
        assertThat(shop("up", "-d", "--only", "console", "--otlp-endpoint", "http://127.0.0.1:2")).returns(1, Outcome::code)
                .extracting(Outcome::out).asString()
                .contains("Already up with other options", "forwards telemetry to " + ENDPOINT, "./shop down comes first");
        assertThat(shop("up", "-d", "--only", "console", "--otlp-port", "2")).returns(1, Outcome::code)
                .extracting(Outcome::out).asString().contains("takes OTLP at port " + (4318 + offset));
    }

    @Test
    void shouldExplainHowToStartBesideACollectorThatHoldsThePort() throws Exception {
        var taken = 4318 + offset;
        var free = Sandbox.sparePort(offset);
        try (var _ = new ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
            assertThat(shop("up", "-d", "--only", "currency,console")).returns(1, Outcome::code).extracting(Outcome::out).asString()
                    .contains("port " + taken + " (console) is taken by pid " + ProcessHandle.current().pid(),
                            "OpenTelemetry agent or Collector",
                            "./shop up --port-offset " + offset + " --otlp-port " + (14_318 + offset) + "\n",
                            "--otlp-port " + (14_318 + offset) + " --otlp-endpoint http://localhost:" + taken + "\n")
                    .doesNotContain("Stop that process");
            assertThat(sandbox.events()).isEmpty();
            try (var _ = new ServerSocket(taken - 1, 1, InetAddress.getLoopbackAddress())) {
                assertThat(shop("up", "-d", "--only", "currency,console").out()).contains("port " + taken + " (console) is taken",
                        "port " + (taken - 1) + " (console) is taken", "OpenTelemetry agent or Collector")
                        .doesNotContain("Stop that process");
            }

            var up = shop("up", "-d", "--only", "currency,console", "--otlp-port", Integer.toString(free), "--otlp-endpoint",
                    "http://localhost:" + taken);

            assertThat(up).returns(0, Outcome::code);
            assertThat(up.out()).contains("OTLP receiver               http://localhost:" + free,
                    "forwarded to   http://localhost:" + taken);
            assertThat(shop("status").out()).contains("OTLP receiver               http://localhost:" + free);
            assertThat(shop("restart", "currency", "console")).returns(0, Outcome::code);
            assertThat(sandbox.environmentOf(offset, "console")).contains("OTLP_PORT=" + free, "OTLP_GRPC_PORT=" + (free - 1),
                    "FORWARD_OTLP_ENDPOINT=http://localhost:" + taken);
            assertThat(sandbox.environmentOf(offset, "currency")).contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:" + free);
        }
    }

    @Test
    void shouldExplainHowToStartBesideACollectorThatHoldsTheGrpcPort() throws Exception {
        var taken = 4317 + offset;
        try (var _ = new ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
            assertThat(shop("up", "-d", "--only", "console")).returns(1, Outcome::code).extracting(Outcome::out).asString()
                    .contains("port " + taken + " (console) is taken by pid " + ProcessHandle.current().pid(),
                            "Port " + taken + " is where OTLP goes", "--otlp-port " + (14_318 + offset) + "\n")
                    .doesNotContain("Stop that process");
        }
    }

    @Test
    void shouldNameTheProcessThatHoldsAChosenPort() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(shop("up", "-d", "--only", "console", "--otlp-port", Integer.toString(taken.getLocalPort())))
                    .returns(1, Outcome::code)
                    .extracting(Outcome::out).asString()
                    .contains("port " + taken.getLocalPort() + " (console) is taken", "Stop that process")
                    .doesNotContain("Collector");
        }
    }
}
