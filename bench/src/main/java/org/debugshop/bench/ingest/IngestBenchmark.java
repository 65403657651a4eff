package org.debugshop.bench.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.debugshop.testkit.PortBlock;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;

/**
 * The program behind {@code ./shop bench --ingest}. It measures how much telemetry a packaged console accepts, and what that costs.
 *
 * <p>It starts the console as a separate process with the same flags as {@code ./shop}, on one core if {@code taskset} is installed. Then
 * it sends {@link Traffic} over HTTP: gzip protobuf, {@value Traffic#SPANS_A_REQUEST} spans a request, two connections. It prints:
 * <ul>
 * <li>the heap after a garbage collection: empty, with full spans, with full spans and logs; and from these, bytes per span and log record;
 * <li>spans per second at full speed with full buffers, CPU seconds for a million of them, and what the diagnosis takes meanwhile;
 * <li>percentiles of each query of the API with full buffers while {@value #BACKGROUND_SPANS} spans a second arrive; and the resident
 * memory at the end.
 * </ul>
 */
public final class IngestBenchmark {

    private static final List<String> FLAGS = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx152m",
            "-XX:+UseCompactObjectHeaders");
    private static final int FILL_REQUESTS = 260;
    private static final int LOG_REQUESTS = 45;
    private static final int TIMED_REQUESTS = 2000;
    private static final int BACKGROUND_SPANS = 5000;
    private static final int QUESTIONS = 200;
    private static final Pattern HISTOGRAM_ROW = Pattern.compile("^ *\\d+: +\\d+ +(\\d+) ");

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Traffic traffic = new Traffic();
    private final PortBlock ports = PortBlock.take();
    private final int apiPort = Service.CONSOLE.port + ports.offset();
    private final int otlpPort = PortBlock.OTLP + ports.offset();
    private final AtomicInteger refused = new AtomicInteger();
    private final Map<String, Object> results = new LinkedHashMap<>();
    private Process console;
    private Path gcLog;

    public static void main(String[] arguments) throws Exception {
        List<String> given = Arrays.asList(arguments);
        var benchmark = new IngestBenchmark();
        try {
            benchmark.start(Shop.thisCheckout().resolve("console/target/quarkus-app/quarkus-run.jar"));
            benchmark.run();
        } finally {
            benchmark.stop();
        }
        System.out.println(given.contains("--json") ? benchmark.json() : benchmark.table());
    }

    private void run() throws Exception {
        List<byte[]> fill = spans(FILL_REQUESTS);
        List<byte[]> logs = new ArrayList<>();
        for (int i = 0; i < LOG_REQUESTS; i++) {
            logs.add(traffic.nextLogs());
        }
        List<byte[]> timed = spans(TIMED_REQUESTS);
        post("/v1/traces", fill.removeFirst());
        post("/v1/logs", logs.removeFirst());
        questions().values().forEach(this::ask);

        long empty = heap();
        sendAll("/v1/traces", fill);
        long withSpans = heap();
        long spans = metric("console_spans_stored");
        sendAll("/v1/logs", logs);
        long withLogs = heap();
        long records = metric("console_log_records_stored");
        results.put("heap_empty_mib", mebibytes(empty));
        results.put("heap_full_spans_mib", mebibytes(withSpans));
        results.put("heap_full_spans_and_logs_mib", mebibytes(withLogs));
        results.put("spans_kept", spans);
        results.put("bytes_per_span", (withSpans - empty) / (spans - Traffic.SPANS_A_REQUEST));
        results.put("bytes_per_span_estimated", metric("console_spans_stored_bytes") / spans);
        results.put("log_records_kept", records);
        results.put("bytes_per_log_record", (withLogs - withSpans) / (records - Traffic.SPANS_A_REQUEST));

        long received = metric("console_spans_received_total");
        Duration cpuBefore = cpu();
        double diagnosisBefore = value("console_diagnosis_seconds_sum");
        long began = System.nanoTime();
        sendAll("/v1/traces", timed);
        double seconds = (System.nanoTime() - began) / 1e9;
        double cpuSeconds = cpu().minus(cpuBefore).toNanos() / 1e9;
        long taken = metric("console_spans_received_total") - received;
        results.put("spans_sent", (long) TIMED_REQUESTS * Traffic.SPANS_A_REQUEST);
        results.put("spans_taken", taken);
        results.put("bytes_per_span_on_the_wire", timed.stream().mapToInt(body -> body.length).sum() / taken);
        results.put("spans_per_second", Math.round(taken / seconds));
        results.put("spans_per_cpu_second", Math.round(taken / cpuSeconds));
        results.put("cpu_seconds_per_million_spans", Math.round(cpuSeconds / taken * 1e8) / 100.0);
        results.put("percent_of_a_core_for_the_diagnosis",
                Math.round((value("console_diagnosis_seconds_sum") - diagnosisBefore) / seconds * 1000) / 10.0);
        results.put("requests_refused", refused.get());

        results.put("questions_ms", ask());
        results.put("resident_mib", resident() / 1024);
        results.put("full_collections", collections());
    }

    private List<byte[]> spans(int requests) {
        List<byte[]> bodies = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            bodies.add(traffic.nextSpans());
        }
        return bodies;
    }

    /** Sends as fast as the console accepts, over two connections. */
    private void sendAll(String path, List<byte[]> bodies) throws Exception {
        var next = new AtomicInteger();
        Callable<Void> sender = () -> {
            for (int i = next.getAndIncrement(); i < bodies.size(); i = next.getAndIncrement()) {
                post(path, bodies.get(i));
            }
            return null;
        };
        try (var senders = Executors.newFixedThreadPool(2)) {
            for (Future<Void> sent : senders.invokeAll(List.of(sender, sender))) {
                sent.get();
            }
        }
    }

    private void post(String path, byte[] body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + otlpPort + path)).header("Content-Type",
                "application/x-protobuf")
                .header("Content-Encoding", "gzip").POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
        int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status == 429) {
            refused.incrementAndGet();
        } else if (status != 200) {
            throw new IllegalStateException("The console answered " + status);
        }
    }

    private Map<String, String> questions() {
        Map<String, String> questions = new LinkedHashMap<>();
        questions.put("services", "/api/services");
        questions.put("services, 5 s", "/api/services?since=5s");
        questions.put("edges", "/api/edges");
        questions.put("traces", "/api/traces");
        questions.put("traces, 1000", "/api/traces?limit=1000");
        questions.put("traces by service and operation", "/api/traces?service=checkout&operation=POST%20/process");
        questions.put("traces with errors", "/api/traces?error=true&min_duration_ms=5");
        questions.put("traces by attribute, none", "/api/traces?attribute=shop.order.id=none");
        questions.put("what failed traces have in common", "/api/traces/common?error=true");
        questions.put("trace", "/api/traces/" + traffic.lastTrace());
        questions.put("logs", "/api/logs");
        questions.put("logs by level and text", "/api/logs?level=ERROR&text=no%20such%20text");
        questions.put("metrics", "/api/metrics");
        questions.put("a metric", "/api/metrics/http_server_requests_seconds_bucket");
        return questions;
    }

    /** Measures each query in milliseconds while spans arrive. */
    private Map<String, Object> ask() throws Exception {
        Map<String, Object> percentiles = new LinkedHashMap<>();
        try (var background = Executors.newSingleThreadScheduledExecutor()) {
            long pause = 1_000_000L * Traffic.SPANS_A_REQUEST / BACKGROUND_SPANS;
            var sending = background.scheduleAtFixedRate(() -> {
                try {
                    post("/v1/traces", traffic.nextSpans());
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }, 0, pause, TimeUnit.MICROSECONDS);
            for (var question : questions().entrySet()) {
                double[] millis = new double[QUESTIONS];
                for (int i = 0; i < QUESTIONS; i++) {
                    long began = System.nanoTime();
                    ask(question.getValue());
                    millis[i] = (System.nanoTime() - began) / 1e6;
                }
                Arrays.sort(millis);
                percentiles.put(question.getKey(), List.of(rounded(millis[QUESTIONS / 2 - 1]), rounded(millis[QUESTIONS * 95 / 100 - 1]),
                        rounded(millis[QUESTIONS * 99 / 100 - 1])));
            }
            sending.cancel(false);
        }
        return percentiles;
    }

    private String ask(String path) {
        try {
            return http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + apiPort + path)).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("The console does not answer", e);
        }
    }

    private long metric(String name) {
        return (long) value(name);
    }

    private double value(String name) {
        return ask("/metrics").lines().filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst().orElseThrow();
    }

    private void start(Path jar) throws Exception {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/taskset"))) {
            command.addAll(List.of("/usr/bin/taskset", "-c", "0"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(List.of("-Xlog:gc:file=" + jar.resolveSibling("gc.log") + "::filecount=0", "-jar", jar.toString()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(jar.resolveSibling("benchmark.log").toFile());
        builder.environment()
                .putAll(Map.of("PORT", "" + apiPort, "OTLP_PORT", "" + otlpPort, "OTLP_GRPC_PORT", "0", "SCRAPE_TARGETS", scrapeTargets()));
        builder.environment().keySet().removeAll(List.of("MAX_SPANS", "MAX_LOGS", "ADMIN_PASSWORD", "HOST"));
        console = builder.start();
        gcLog = jar.resolveSibling("gc.log");
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            try {
                ask("/health");
                return;
            } catch (IllegalStateException e) {
                if (System.nanoTime() > deadline || !console.isAlive()) {
                    throw new IllegalStateException("The console did not start; see benchmark.log beside its jar", e);
                }
                Thread.sleep(100);
            }
        }
    }

    /** Returns scrape targets: the console itself, so that something is scraped, and names for the addresses in {@link Traffic}. */
    private String scrapeTargets() {
        return "console=http://localhost:" + apiPort + ",gateway=http://localhost:8080,product-catalog=http://localhost:8081,"
                + "currency=http://localhost:8082,checkout=http://localhost:8084,instabook-cache=http://localhost:8086,instabook=http://localhost:8087";
    }

    private void stop() throws InterruptedException {
        if (console != null) {
            console.destroy();
            console.waitFor();
        }
        http.close();
        ports.close();
    }

    private Duration cpu() {
        return console.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Returns the bytes of live objects. The histogram collects garbage first; filler objects of the collector don't count. */
    private long heap() throws Exception {
        long bytes = 0;
        for (String line : jcmd("GC.class_histogram").lines().toList()) {
            Matcher row = HISTOGRAM_ROW.matcher(line);
            bytes += row.find() && !line.contains("FillerElement") ? Long.parseLong(row.group(1)) : 0;
        }
        return bytes;
    }

    private String jcmd(String command) throws Exception {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), "" + console.pid(), command)
                .start();
        return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Returns the resident memory in kibibytes; 0 if there is no /proc. */
    private long resident() throws IOException {
        Path status = Path.of("/proc/" + console.pid() + "/status");
        return !Files.exists(status)
                ? 0
                : Files.readAllLines(status).stream().filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0);
    }

    private String collections() throws IOException {
        var pauses = Files.readAllLines(gcLog).stream().filter(line -> line.contains("Pause Full") && !line.contains("Diagnostic Command"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll(".* ([\\d.]+)ms$", "$1"))).summaryStatistics();
        return pauses.getCount() + (pauses.getCount() == 0 ? "" : ", longest " + pauses.getMax() + " ms");
    }

    private String json() throws JsonProcessingException {
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(results);
    }

    private String table() {
        var table = new StringBuilder();
        results.forEach((name, value) -> {
            if (value instanceof Map<?, ?> questions) {
                table.append("%n%-34s %8s %8s %8s%n".formatted("question, ms", "p50", "p95", "p99"));
                questions.forEach((question, millis) -> table.append(("%-34s " + "%8s ".repeat(3).strip() + "%n")
                        .formatted(question, ((List<?>) millis).get(0), ((List<?>) millis).get(1), ((List<?>) millis).get(2))));
                table.append("%n".formatted());
            } else {
                table.append("%-34s %s%n".formatted(name.replace('_', ' '), value));
            }
        });
        return table.toString();
    }

    private static double rounded(double millis) {
        return Math.round(millis * 10) / 10.0;
    }

    private static double mebibytes(long bytes) {
        return Math.round(bytes / 1024.0 / 102.4) / 10.0;
    }
}
