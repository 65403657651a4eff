package org.debugshop.systemtests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Map;
import org.debugshop.systemtests.NodeProgram;
import org.debugshop.systemtests.TheSystem;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The console takes what another project's SDK sends with its defaults: OpenTelemetry for Node, from npm. */
@ExtendWith(TheSystem.class)
@Tag("nightly")
class NodeSdkIT {

    private static NodeProgram program;

    private final Shop shop;
    private final Console console;

    NodeSdkIT(Shop shop) {
        this.shop = shop;
        this.console = Console.of(shop);
    }

    @BeforeAll
    static void install(@TempDir Path folder) throws Exception {
        program = NodeProgram.install("node-sdk", folder);
    }

    @ParameterizedTest
    @CsvSource({"http/protobuf, 4318", "http/json, 4318", "grpc, 4317"})
    void shouldShowItsTracesLogsAndMetrics(String protocol, int port) throws Exception {
        var name = "node-" + protocol.replace('/', '-');

        program.run(Map.of("OTEL_SERVICE_NAME", name, "OTEL_EXPORTER_OTLP_PROTOCOL", protocol,
                "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:" + (port + shop.offset()),
                "OTEL_LOGS_EXPORTER", "otlp", "OTEL_METRICS_EXPORTER", "otlp"),
                "node", "--require", "@opentelemetry/auto-instrumentations-node/register", "app.js", name);

        var trace = console.trace(await().atMost(Shop.PATIENCE)
                .until(() -> console.traces("service", name, "attribute", "run=" + name), found -> found.size() == 1).getFirst().traceId());
        await().atMost(Shop.PATIENCE).untilAsserted(() -> assertThat(console.trace(trace.traceId()).spans())
                .extracting(Console.Span::kind).containsExactlyInAnyOrder("CLIENT", "SERVER"));
        assertThat(console.traceText(trace.traceId())).contains("\"http_status\":\"503\"");
        assertThat(console.logs("service", name)).singleElement().satisfies(line -> {
            assertThat(line.message()).isEqualTo("served " + name);
            assertThat(line.level()).isEqualTo("WARN");
            assertThat(line.traceId()).isEqualTo(trace.traceId());
        });
        assertThat(console.metric("node_requests_total", "run", name)).isNotEmpty();
        assertThat(console.traces("service", name, "attribute", "http.response.status_code=503", "error", "true")).hasSize(1);
    }
}
