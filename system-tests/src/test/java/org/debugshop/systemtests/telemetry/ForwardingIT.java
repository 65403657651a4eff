package org.debugshop.systemtests.telemetry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.CONSOLE;
import static org.debugshop.testkit.Service.CURRENCY;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.debugshop.testkit.Console;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.Metrics;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three receivers in a row: the console of one system forwards its telemetry to the console of another, and that forwards it to a vendor
 * that requires an API key.
 */
@Tag("nightly")
class ForwardingIT {

    private static final String KEY = "k=e,y 100%";

    /** The last API key that the vendor received, by path. */
    private static final Map<String, String> KEYS = new ConcurrentHashMap<>();

    private static HttpServer vendor;
    private static OwnShop receiver;
    private static OwnShop sender;

    @BeforeAll
    static void start() throws IOException {
        vendor = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        vendor.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        vendor.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            KEYS.put(exchange.getRequestURI().getPath(), String.valueOf(exchange.getRequestHeaders().getFirst("api-key")));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        vendor.start();
        receiver = OwnShop.start("--only", "console", "--otlp-endpoint", "http://localhost:" + vendor.getAddress().getPort() + "/otlp/",
                "--otlp-header", "api-key=" + KEY);
        sender = OwnShop.start("--only", "currency,console", "--otlp-endpoint", "http://localhost:" + (4318 + receiver.shop().offset()));
    }

    @AfterAll
    static void stop() {
        for (var own : new OwnShop[]{sender, receiver}) {
            if (own != null) {
                own.close();
            }
        }
        vendor.stop(0);
    }

    private static Console of(OwnShop own) {
        return Console.of(own.shop());
    }

    /** Sends a request and returns the id of its trace. Each caller needs another currency, by which the trace is found. */
    private static String convert(String currency) {
        assertThat(Http.get(sender.shop().url(CURRENCY) + "/convert?to=" + currency).status()).isEqualTo(200);
        return await().atMost(Shop.PATIENCE)
                .until(() -> of(sender).traces("service", "currency", "attribute", "shop.currency.to=" + currency),
                        found -> found.size() == 1)
                .getFirst().traceId();
    }

    private static void awaitAtReceiver(String trace) {
        await().atMost(Shop.PATIENCE)
                .until(() -> of(receiver).traces("service", "currency").stream().anyMatch(line -> line.traceId().equals(trace)));
    }

    @Test
    void shouldForwardTracesLogsAndMetricsAndKeepThem() {
        var trace = convert("EUR");

        awaitAtReceiver(trace);
        assertThat(of(receiver).trace(trace).spans()).isEqualTo(of(sender).trace(trace).spans());
        assertThat(Http
                .post("http://localhost:" + (4318 + sender.shop().offset()) + "/v1/logs",
                        """
                                {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"by-hand"}}]},"scopeLogs":[{"logRecords":
                                [{"timeUnixNano":"%d","severityNumber":13,"body":{"stringValue":"one of two"}}]}]}]}"""
                                .formatted(System.currentTimeMillis() * 1_000_000))
                .status()).isEqualTo(200);
        await().atMost(Shop.PATIENCE).until(() -> of(receiver).logs("service", "by-hand").size() == 1);
        assertThat(of(sender).logs("service", "by-hand")).isEqualTo(of(receiver).logs("service", "by-hand"));
        await().atMost(Shop.PATIENCE).until(() -> Metrics.of(receiver.shop().url(CONSOLE)).sum("console_data_points_received_total") > 50);
        assertThat(of(sender).metric("up", "service", "currency")).isNotEmpty();
    }

    @Test
    void shouldSendTheHeadersAndShowThemNowhere() throws IOException {
        awaitAtReceiver(convert("GBP"));

        await().atMost(Shop.PATIENCE).untilAsserted(() -> assertThat(KEYS)
                .isEqualTo(Map.of("/otlp/v1/traces", KEY, "/otlp/v1/logs", KEY, "/otlp/v1/metrics", KEY)));
        assertThat(ProcessHandle.allProcesses().flatMap(process -> process.info().commandLine().stream())).isNotEmpty()
                .noneMatch(line -> line.contains("api-key="));
        assertThat(receiver.shop().run("status").out()).contains("telemetry is forwarded to", "/otlp").doesNotContain("api-key");
        try (var files = Files.walk(receiver.shop().files())) {
            assertThat(files.filter(Files::isRegularFile)).isNotEmpty()
                    .allSatisfy(file -> assertThat(file).content(ISO_8859_1).doesNotContain("api-key"));
        }
    }

    @Test
    void shouldSendDelayedTelemetryWhenTheReceiverIsBack() {
        ProcessHandle.of(receiver.shop().status(CONSOLE).pid()).orElseThrow().destroyForcibly();
        await().atMost(Shop.PATIENCE).until(() -> !receiver.shop().listens(CONSOLE));

        var meanwhile = List.of(convert("JPY"), convert("CAD"), convert("AUD"));

        // The launcher of the receiver starts its console again.
        await().atMost(Shop.PATIENCE).until(() -> Http.isReady(receiver.shop().url(CONSOLE)));
        meanwhile.forEach(ForwardingIT::awaitAtReceiver);
        awaitAtReceiver(convert("CNY"));
        assertThat(sender.shop().status(CONSOLE)).returns("ready", Shop.Status::state).returns(0, Shop.Status::restarts);
        assertThat(sender.shop().run("logs", "--raw", "-n", "100000", "console").out().lines().filter(line -> line.contains("\"WARN\""))
                .count())
                .isLessThanOrEqualTo(3);
    }
}
